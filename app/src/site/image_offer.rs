//! Having an image made: what it costs stands there before anything is asked for.

use crate::site::page::SiteContext;
use crate::site::parts::FormError;
use crate::site::pictures::api::MakeImage;
use crate::ui::{Button, Card};
use domain::copy::dollars;
use domain::report::ImageOffer;
use leptos::prelude::*;

/// The offer, folded up; nothing where no image model is set.
#[component]
pub fn ImageOfferPanel(
    /// The site.
    context: SiteContext,
) -> impl IntoView {
    let make = ServerAction::<MakeImage>::new();
    Effect::new(move |before: Option<usize>| {
        let now = make.version().get();
        if before.is_some_and(|before| before != now) {
            context.live.note_all();
        }
        now
    });
    let offer = Memo::new(move |_| context.detail.with(|detail| detail.image_offer.clone()));
    let today = move || {
        context.detail.with(|detail| {
            let spent = dollars(detail.spent_today.cost_micros);
            match detail.copy.daily_cost_micros {
                Some(most) => format!("Today {spent} of {} were spent for this site.", dollars(most)),
                None => format!("Today {spent} were spent for this site; there is no limit."),
            }
        })
    };
    let asked = move || make.value().with(|outcome| matches!(outcome, Some(Ok(()))));
    view! {
        {move || offer.get().map(|offer| {
            let cost = cost(&offer);
            view! {
                <section aria-labelledby="image-heading" class="max-w-3xl">
                    <Card class="p-5">
                        <h2 id="image-heading" class="text-lg font-semibold">"Another hero image"</h2>
                        <details class="mt-2 space-y-3">
                            <summary class="cursor-pointer text-sm font-medium">"Make an image"</summary>
                            <p class="pt-3 text-sm">{cost}</p>
                            <p class="text-sm text-muted-foreground">{today}</p>
                            {match offer.refusal {
                                Some(refusal) => view! { <p role="note" class="text-sm text-destructive">{refusal}</p> }.into_any(),
                                None => view! {
                                    <ActionForm action=make>
                                        <input type="hidden" name="site_id" value=context.site_id.to_string() />
                                        <Button kind="submit" disabled=Signal::from(make.pending())>
                                            {format!("Make it for about {}", dollars(offer.price_micros))}
                                        </Button>
                                    </ActionForm>
                                }.into_any(),
                            }}
                        </details>
                        <FormError action=make />
                        <p role="status" class="text-sm text-muted-foreground empty:hidden">
                            {move || asked().then_some("The image is being made. It waits for your approval as a variant.")}
                        </p>
                    </Card>
                </section>
            }
        })}
    }
}

/// What happens, and what it costs, as sentences.
fn cost(offer: &ImageOffer) -> String {
    format!(
        "{} makes an image for the place of your hero image. One costs about {}. No visitor sees it before you approve it.",
        offer.model,
        dollars(offer.price_micros)
    )
}
