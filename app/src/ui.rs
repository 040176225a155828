//! The pieces that every page is made of, on native elements.
//!
//! One component a file. None knows the product; none uses inline styles or inline handlers,
//! which the pages' content security policy forbids.

mod alert;
mod badge;
mod button;
mod card;
mod copy_button;
mod dialog;
mod empty_state;
mod icon;
mod input;
mod label;
mod logo;
mod menu;
mod page_header;
mod progress;
mod select;
mod skeleton;
mod textarea;

pub use alert::{Alert, AlertVariant};
pub use badge::{Badge, BadgeVariant};
pub use button::{Button, ButtonLink, ButtonSize, ButtonVariant, button_class};
pub use card::Card;
pub use copy_button::CopyButton;
pub use dialog::{Dialog, DialogClose, DialogTrigger, close_dialog};
pub use empty_state::EmptyState;
pub use icon::Icon;
pub use input::Input;
pub use label::Label;
pub use logo::Logo;
pub use menu::Menu;
pub use page_header::PageHeader;
pub use progress::Progress;
pub use select::Select;
pub use skeleton::Skeleton;
pub use textarea::Textarea;
