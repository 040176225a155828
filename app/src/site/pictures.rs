//! Pictures of the page and of its variants. Each is a plain link to itself, so that it opens without a program.

pub mod api;

use crate::site::page::SiteContext;
use crate::site::parts::FormError;
use crate::ui::{Button, ButtonVariant};
use api::RetakePictures;
use domain::asset::{Picture, PictureKind, View};
use leptos::prelude::*;

/// A variant's pictures side by side, the phone's beside the desk's; nothing while there are none.
#[component]
pub fn Pictures(
    /// What they show, as part of a sentence: `Variant B`, `your page`.
    #[prop(into)]
    of: String,
    /// The pictures, the widest first.
    pictures: Vec<Picture>,
    /// How much of a tall one is seen.
    class: &'static str,
) -> impl IntoView {
    if pictures.is_empty() {
        return ().into_any();
    }
    let shown = pictures.into_iter().map(|picture| {
        let (what, share) = match picture.kind {
            PictureKind::Screenshot(View::Desktop) => (format!("Picture of {of} on a desktop"), "min-w-0 flex-[3]"),
            PictureKind::Screenshot(View::Phone) => (format!("Picture of {of} on a phone"), "min-w-0 flex-1"),
            PictureKind::Drawing => (format!("Drawing of {of}"), "min-w-0 flex-1"),
        };
        let path = picture.path.clone();
        let link = format!("{what}; opens the whole picture");
        view! {
            <a
                href=picture.path
                target="_blank"
                rel="noopener"
                aria-label=link
                class=format!("block overflow-hidden rounded-md border bg-white focus-visible:outline-2 focus-visible:outline-offset-2 focus-visible:outline-ring {share} {class}")
            >
                <img
                    src=path
                    alt=what
                    width=picture.width
                    height=picture.height
                    loading="lazy"
                    decoding="async"
                    class="h-auto w-full"
                />
            </a>
        }
    });
    view! { <div class="flex items-start gap-3" data-pictures="">{shown.collect_view()}</div> }.into_any()
}

/// How the page looks, on its own tab.
#[component]
pub fn PagePictures(
    /// The site.
    context: SiteContext,
) -> impl IntoView {
    let retake = ServerAction::<RetakePictures>::new();
    Effect::new(move |before: Option<usize>| {
        let now = retake.version().get();
        if before.is_some_and(|before| before != now) {
            context.live.note_all();
        }
        now
    });
    let pictures = Memo::new(move |_| {
        context.detail.with(|detail| {
            let control = detail.variants.iter().find(|variant| variant.variant.is_control);
            control.map(|control| control.pictures.clone()).unwrap_or_default()
        })
    });
    let takes_pictures = Memo::new(move |_| context.detail.with(|detail| detail.takes_pictures));
    let note = move || {
        let is_drawing = pictures.with(|all| all.iter().any(|it| it.kind == PictureKind::Drawing));
        match (is_drawing, takes_pictures.get()) {
            (true, true) => "A drawing of what was found, until the pictures are taken.",
            (true, false) => {
                "A drawing of what was found. With Chromium on the server and its path in EVOLOOP_CHROMIUM, these are pictures."
            }
            (false, _) => "As a visitor saw it when the pictures were taken.",
        }
    };
    view! {
        <Show when=move || pictures.with(|pictures| !pictures.is_empty())>
            <section aria-labelledby="pictures-heading" class="max-w-3xl space-y-3">
                <div class="flex flex-wrap items-end justify-between gap-3">
                    <div>
                        <h2 id="pictures-heading" class="text-lg font-semibold">"How your page looks"</h2>
                        <p class="text-sm text-muted-foreground">{note}</p>
                    </div>
                    <Show when=move || takes_pictures.get()>
                        <ActionForm action=retake>
                            <input type="hidden" name="site_id" value=context.site_id.to_string() />
                            <Button kind="submit" variant=ButtonVariant::Outline disabled=Signal::from(retake.pending())>
                                "Take new pictures"
                            </Button>
                        </ActionForm>
                    </Show>
                </div>
                <FormError action=retake />
                {move || view! { <Pictures of="your page" pictures=pictures.get() class="max-h-112" /> }}
            </section>
        </Show>
    }
}
