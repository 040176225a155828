//! Colours in spaces that few style sheets write: CIE Lab and LCH, whiteness and blackness, `color()`.

use super::colour::{Rgb, byte, first, numbers, opaque};

/// The colour of a function whose arguments are given.
pub(super) fn read(text: &str, arguments: &str) -> Option<Rgb> {
    match text.split('(').next()? {
        "lab" => three(arguments, 100.0).map(|[lightness, a, b]| from_lab(lightness, a, b)),
        "lch" => three(arguments, 100.0).map(|[lightness, chroma, hue]| {
            let hue = hue.to_radians();
            from_lab(lightness, chroma * hue.cos(), chroma * hue.sin())
        }),
        "hwb" => three(arguments, 1.0).and_then(|[hue, white, black]| {
            let pure = first(&format!("hsl({hue} 100% 50%)"))?;
            let shown = |part: u8| byte((f64::from(part) / 255.0 * (1.0 - white - black) + white) * 255.0);
            Some((shown(pure.0), shown(pure.1), shown(pure.2)))
        }),
        "color" => {
            let (space, parts) = arguments.trim().split_once(' ')?;
            // The wider space of new screens differs by little from the usual one.
            let is_known = matches!(space, "srgb" | "display-p3");
            let parts = three(parts, 1.0).filter(|_| is_known)?;
            Some((byte(parts[0] * 255.0), byte(parts[1] * 255.0), byte(parts[2] * 255.0)))
        }
        _ => None,
    }
}

fn three(arguments: &str, whole: f64) -> Option<[f64; 3]> {
    let numbers = numbers(arguments, whole);
    opaque(&numbers).then(|| [numbers[0], numbers[1], numbers[2]])
}

/// From CIE Lab under the light of D50, by way of the XYZ space under D65.
fn from_lab(lightness: f64, a: f64, b: f64) -> Rgb {
    let middle = (lightness + 16.0) / 116.0;
    let cube = |value: f64| {
        let cubed = value.powi(3);
        if cubed > 216.0 / 24389.0 { cubed } else { (116.0 * value - 16.0) * 27.0 / 24389.0 }
    };
    let (x, y, z) = (0.964_295_7 * cube(middle + a / 500.0), cube(middle), 0.825_104_6 * cube(middle - b / 200.0));
    let shown = |red: f64, green: f64, blue: f64| {
        let linear = red * x + green * y + blue * z;
        byte(255.0 * if linear <= 0.003_130_8 { 12.92 * linear } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 })
    };
    (
        shown(3.134_187_4, -1.617_209_0, -0.490_694_1),
        shown(-0.978_754_3, 1.916_130_1, 0.033_434_6),
        shown(0.071_975_5, -0.228_983_1, 1.405_386_5),
    )
}
