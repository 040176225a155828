//! One request and its answer.

use crate::assign::{Assign, Assigned, BoxError, Question};
use crate::body::EvoloopBody;
use crate::coding::Coding;
use crate::cookies::{Cookies, TOKEN_COOKIE, VISITOR_COOKIE, is_token, kept, new_visitor};
use crate::csp::Place;
use crate::headers::{accepts, ask_for_whole, forget_length, is_navigation, is_page, make_private};
use crate::held::{Text, hold};
use crate::markup::{Wishes, look};
use crate::room::Room;
use crate::settings::Settings;
use crate::whole::make;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, header};
use http_body::Body;
use tokio::time::Instant;

const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const GPC: HeaderName = HeaderName::from_static("sec-gpc");
const DNT: HeaderName = HeaderName::from_static("dnt");
/// Parameters of the page's address by which the snippet shows something else than the assigned variant.
const BROWSERS_OWN: [&str; 2] = ["evo_preview", "evo_owner"];

/// What must be known of a navigation when its answer comes.
pub(crate) struct Turn {
    is_head: bool,
    is_https: bool,
    host: String,
    cookies: Cookies,
    headers: HeaderMap,
    /// The snippet decides alone.
    is_browsers: bool,
}

impl Turn {
    /// Takes a navigation, and makes it ask for the whole page; `None` for every other request.
    pub(crate) fn of<B>(request: &mut Request<B>) -> Option<Self> {
        if !is_navigation(request.method(), request.headers()) {
            return None;
        }
        let query = request.uri().query().unwrap_or_default();
        let names: Vec<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
        if names.contains(&"evo_off") {
            return None;
        }
        let is_browsers = BROWSERS_OWN.iter().any(|name| names.contains(name));
        let headers = request.headers();
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let scheme = text(FORWARDED_PROTO).or(request.uri().scheme_str()).unwrap_or_default();
        let authority = request.uri().authority().map(http::uri::Authority::as_str);
        // Of several proxies the first one was asked by the browser.
        let forwarded = text(FORWARDED_HOST).and_then(|hosts| hosts.split(',').next());
        let host = forwarded.or(text(header::HOST)).or(authority).unwrap_or_default();
        let turn = Self {
            is_head: request.method() == Method::HEAD,
            is_https: scheme.eq_ignore_ascii_case("https"),
            host: host.trim().to_owned(),
            cookies: Cookies::read(headers),
            headers: headers.clone(),
            is_browsers,
        };
        ask_for_whole(request.headers_mut());
        Some(turn)
    }

    /// Changes the answer for the visitor, if it is a page.
    pub(crate) async fn complete<B>(
        mut self,
        response: Response<B>,
        assign: &impl Assign,
        settings: &Settings,
        room: Room,
    ) -> Response<EvoloopBody<B>>
    where
        B: Body<Data = Bytes, Error: Into<BoxError>>,
    {
        if !is_page(response.status(), response.headers()) {
            return response.map(EvoloopBody::origin);
        }
        let until = Instant::now() + settings.hold;
        let (mut parts, body) = response.into_parts();
        make_private(&mut parts.headers);
        if self.is_head {
            forget_length(&mut parts.headers);
            return Response::from_parts(parts, EvoloopBody::origin(body));
        }
        let is_left = self.is_left_alone(settings);
        let (assigned, cookies) = match is_left {
            Left::Alone => return Response::from_parts(parts, EvoloopBody::origin(body)),
            Left::ToBrowser => (None, Vec::new()),
            Left::Not => match self.assign(assign).await {
                Some((assigned, cookies)) => (Some(assigned), cookies),
                None => return Response::from_parts(parts, EvoloopBody::origin(body)),
            },
        };
        let patch = assigned.as_ref().and_then(|assigned| assigned.patch.clone());
        let Some(coding) = Coding::of(&parts.headers).filter(|coding| !is_too_long(&parts.headers, *coding, settings))
        else {
            return Response::from_parts(parts, EvoloopBody::origin(body));
        };
        let before = parts.headers.clone();
        let mut text = Text::new(&before, coding, settings, patch);
        let (held, outcome) = hold(body, until, room, &mut text).await;
        let found = look(text.plain(), &settings.site_id);
        if assigned.is_some() && self.is_asked_for_more(found.wishes, settings) {
            tracing::debug!("the page's own tag asks for more privacy than the settings, so the snippet decides");
            return Response::from_parts(parts, EvoloopBody::resumed(held));
        }
        // What a page that was not seen whole asks for is known by its tag alone.
        if outcome.is_ok() || found.has_snippet {
            for cookie in cookies {
                parts.headers.append(header::SET_COOKIE, cookie);
            }
        }
        let place = Place { host: &self.host, is_https: self.is_https };
        let variant_id = assigned.as_ref().map(|assigned| assigned.variant_id.as_str());
        let made = outcome.map_err(str::to_owned).and_then(|()| {
            let page = text.finish().ok_or_else(|| "it could not be read".to_owned())?;
            make(page, &found, variant_id, &mut parts.headers, place, settings)
        });
        match made {
            Ok(made) => {
                tracing::debug!(variant_id, applied = made.applied, "a page was changed");
                forget_length(&mut parts.headers);
                let coding = if accepts(&self.headers, coding.name()) { coding } else { Coding::Identity };
                if coding == Coding::Identity {
                    parts.headers.remove(header::CONTENT_ENCODING);
                }
                Response::from_parts(parts, EvoloopBody::changed(made.text, coding.encoder(), held.room))
            }
            Err(reason) => {
                tracing::debug!(variant_id, reason, "a page goes on as it is");
                Response::from_parts(parts, EvoloopBody::resumed(held))
            }
        }
    }

    fn is_left_alone(&self, settings: &Settings) -> Left {
        if (settings.respect_gpc && self.says(GPC)) || (settings.respect_dnt && self.says(DNT)) {
            Left::Alone
        } else if self.is_browsers
            || settings.stateless
            || (settings.consent_required && self.cookies.visitor.is_none())
        {
            Left::ToBrowser
        } else {
            Left::Not
        }
    }

    /// Whether the page's own tag asks for more privacy than this visitor gets by the settings, by which the visitor
    /// was assigned.
    fn is_asked_for_more(&self, wishes: Wishes, settings: &Settings) -> bool {
        (wishes.consent && !settings.consent_required)
            || wishes.stateless
            || (wishes.gpc && self.says(GPC))
            || (wishes.dnt && self.says(DNT))
    }

    fn says(&self, wish: HeaderName) -> bool {
        self.headers.get(wish).is_some_and(|value| value.as_bytes() == b"1")
    }

    /// Asks for the visitor's variant, and for the cookies by which the snippet means the same visitor; `None` when the
    /// page is to stay as it is.
    async fn assign(&mut self, assign: &impl Assign) -> Option<(Assigned, Vec<HeaderValue>)> {
        let known = self.cookies.visitor.take();
        let is_new = known.is_none();
        let visitor = known.or_else(new_visitor)?;
        let current = self.cookies.token.as_deref();
        let user_agent = self.headers.get(header::USER_AGENT);
        let assigned = match assign.assign(Question { visitor: &visitor, current, user_agent }).await {
            Ok(assigned) => assigned,
            Err(error) => {
                tracing::warn!(%error, "a visitor could not be assigned and gets the page as it is");
                return None;
            }
        };
        let token = assigned.token.as_deref().filter(|token| is_token(token))?;
        let visitors = is_new.then(|| kept(VISITOR_COOKIE, &visitor, self.is_https)).flatten();
        let tokens = (current != Some(token)).then(|| kept(TOKEN_COOKIE, token, self.is_https)).flatten();
        let is_sound = assigned.variant_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        is_sound.then(|| (assigned, visitors.into_iter().chain(tokens).collect()))
    }
}

/// Who decides about a page.
enum Left {
    /// Nobody: the page stays as it is.
    Alone,
    /// The snippet.
    ToBrowser,
    Not,
}

/// Whether the page announces that it is too long to be held.
fn is_too_long(headers: &HeaderMap, coding: Coding, settings: &Settings) -> bool {
    let length = headers.get(header::CONTENT_LENGTH).map(HeaderValue::to_str);
    let length = length.and_then(Result::ok).and_then(|text| text.parse::<usize>().ok());
    coding == Coding::Identity && length.is_some_and(|length| length > settings.max_held)
}
