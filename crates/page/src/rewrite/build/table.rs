//! Tables.

use super::body::Scope;
use super::{Builder, MARKER, Mode, Step, Taken};
use crate::rewrite::attributes::Attributes;
use crate::rewrite::scan::Token;
use crate::rewrite::tags::Tag;
use crate::rewrite::tree::{Kind, NONE};

const BODIES: [Tag; 3] = [Tag::Tbody, Tag::Tfoot, Tag::Thead];

impl Builder {
    pub(super) fn start_in_table(&mut self, bytes: &[u8], token: &Token) -> Taken {
        let tag = token.tag;
        match self.mode {
            Mode::InCaption if tag.is_table_part() => self.close_caption(None),
            Mode::InCell if tag.is_table_part() => self.close_cell(),
            Mode::InCaption | Mode::InCell => self.start_in_body(token),
            Mode::InColumnGroup => match tag {
                Tag::Col => self.insert_void(token),
                Tag::Template => self.insert(token),
                Tag::Html => self.unsure("a second start tag of html"),
                _ => self.close_column_group(),
            },
            Mode::InTableBody => match tag {
                Tag::Tr => self.open_part(token, &BODIES, Mode::InRow),
                Tag::Td | Tag::Th => {
                    self.pop_down_to(&BODIES);
                    self.imply(Tag::Tr)?;
                    self.mode = Mode::InRow;
                    Ok(Step::Again)
                }
                tag if tag.is_table_part() => self.close_body(),
                _ => self.start_between(bytes, token),
            },
            Mode::InRow => match tag {
                Tag::Td | Tag::Th => {
                    self.open_part(token, &[Tag::Tr], Mode::InCell)?;
                    self.formatting.push(MARKER);
                    Ok(Step::Opened)
                }
                tag if tag.is_table_part() => self.close_row(None),
                _ => self.start_between(bytes, token),
            },
            _ => self.start_between(bytes, token),
        }
    }

    /// As the standard says for "in table".
    fn start_between(&mut self, bytes: &[u8], token: &Token) -> Taken {
        match token.tag {
            Tag::Caption => {
                self.open_part(token, &[Tag::Table], Mode::InCaption)?;
                self.formatting.push(MARKER);
                Ok(Step::Opened)
            }
            Tag::Colgroup => self.open_part(token, &[Tag::Table], Mode::InColumnGroup),
            Tag::Col => {
                self.pop_down_to(&[Tag::Table]);
                self.imply(Tag::Colgroup)?;
                self.mode = Mode::InColumnGroup;
                Ok(Step::Again)
            }
            Tag::Tbody | Tag::Tfoot | Tag::Thead => self.open_part(token, &[Tag::Table], Mode::InTableBody),
            Tag::Td | Tag::Th | Tag::Tr => {
                self.pop_down_to(&[Tag::Table]);
                self.imply(Tag::Tbody)?;
                self.mode = Mode::InTableBody;
                Ok(Step::Again)
            }
            Tag::Style | Tag::Script | Tag::Template => self.insert(token),
            Tag::Input if is_hidden(bytes, token) => self.insert_void(token),
            Tag::Form => {
                if self.form == NONE {
                    self.form = self.push(Tag::Form, Kind { is_empty: true, ..Kind::default() }, Some(token))?;
                    self.pop(None);
                }
                Ok(Step::Done)
            }
            _ => self.unsure("something between the parts of a table"),
        }
    }

    fn open_part(&mut self, token: &Token, parents: &[Tag], mode: Mode) -> Taken {
        self.pop_down_to(parents);
        self.mode = mode;
        self.insert(token)
    }

    pub(super) fn end_in_table(&mut self, bytes: &[u8], token: &Token) -> Taken {
        let tag = token.tag;
        match (self.mode, tag) {
            (Mode::InCaption, Tag::Caption) => {
                self.close_caption(Some(token))?;
                Ok(Step::Done)
            }
            (Mode::InCaption, Tag::Table) => self.close_caption(None),
            (Mode::InCaption, Tag::Body | Tag::Html) => Ok(Step::Done),
            (Mode::InCaption, tag) if tag.is_table_part() => Ok(Step::Done),
            (Mode::InCell, Tag::Td | Tag::Th) => {
                if let Some(cell) = self.in_scope(Scope::Table, |found| found == tag) {
                    self.pop_through(cell, Some(token));
                    self.clear_to_marker();
                    self.mode = Mode::InRow;
                }
                Ok(Step::Done)
            }
            (Mode::InCell, Tag::Body | Tag::Html | Tag::Caption | Tag::Col | Tag::Colgroup) => Ok(Step::Done),
            (Mode::InCell, Tag::Table | Tag::Tbody | Tag::Tfoot | Tag::Thead | Tag::Tr) => {
                if self.in_scope(Scope::Table, |found| found == tag).is_none() {
                    return Ok(Step::Done);
                }
                self.close_cell()
            }
            (Mode::InCaption | Mode::InCell, _) => self.end_in_body(bytes, token),
            (Mode::InColumnGroup, Tag::Colgroup) => {
                if self.current_tag() == Tag::Colgroup {
                    self.pop(Some(token));
                    self.mode = Mode::InTable;
                }
                Ok(Step::Done)
            }
            (Mode::InColumnGroup, Tag::Col | Tag::Template) => Ok(Step::Done),
            (Mode::InColumnGroup, _) => self.close_column_group(),
            (Mode::InRow, Tag::Tr) => {
                self.close_row(Some(token))?;
                Ok(Step::Done)
            }
            (Mode::InRow, Tag::Table) => self.close_row(None),
            (Mode::InRow, Tag::Tbody | Tag::Tfoot | Tag::Thead) => {
                if self.in_scope(Scope::Table, |found| found == tag).is_none() {
                    return Ok(Step::Done);
                }
                self.close_row(None)
            }
            (Mode::InTableBody, Tag::Tbody | Tag::Tfoot | Tag::Thead) => {
                if self.in_scope(Scope::Table, |found| found == tag).is_some() {
                    self.pop_down_to(&BODIES);
                    self.pop(Some(token));
                    self.mode = Mode::InTable;
                }
                Ok(Step::Done)
            }
            (Mode::InTableBody, Tag::Table) => self.close_body(),
            (_, Tag::Table) => {
                if let Some(table) = self.in_scope(Scope::Table, |found| found == Tag::Table) {
                    self.pop_through(table, Some(token));
                    self.reset_mode();
                }
                Ok(Step::Done)
            }
            (_, Tag::Body | Tag::Html) => Ok(Step::Done),
            (_, tag) if tag.is_table_part() => Ok(Step::Done),
            _ => self.end_in_body(bytes, token),
        }
    }

    fn close_caption(&mut self, token: Option<&Token>) -> Taken {
        match self.in_scope(Scope::Table, |tag| tag == Tag::Caption) {
            None => Ok(Step::Done),
            Some(caption) => {
                self.pop_through(caption, token);
                self.clear_to_marker();
                self.mode = Mode::InTable;
                Ok(Step::Again)
            }
        }
    }

    fn close_cell(&mut self) -> Taken {
        match self.in_scope(Scope::Table, |tag| matches!(tag, Tag::Td | Tag::Th)) {
            None => self.unsure("a cell that is not open"),
            Some(cell) => {
                self.pop_through(cell, None);
                self.clear_to_marker();
                self.mode = Mode::InRow;
                Ok(Step::Again)
            }
        }
    }

    fn close_column_group(&mut self) -> Taken {
        if self.current_tag() != Tag::Colgroup {
            return Ok(Step::Done);
        }
        self.pop(None);
        self.mode = Mode::InTable;
        Ok(Step::Again)
    }

    fn close_row(&mut self, token: Option<&Token>) -> Taken {
        match self.in_scope(Scope::Table, |tag| tag == Tag::Tr) {
            None => Ok(Step::Done),
            Some(row) => {
                self.pop_through(row, token);
                self.mode = Mode::InTableBody;
                Ok(Step::Again)
            }
        }
    }

    fn close_body(&mut self) -> Taken {
        match self.in_scope(Scope::Table, |tag| BODIES.contains(&tag)) {
            None => Ok(Step::Done),
            Some(body) => {
                self.pop_through(body, None);
                self.mode = Mode::InTable;
                Ok(Step::Again)
            }
        }
    }
}

/// Whether an input takes no place, so that it may stand in a table.
fn is_hidden(bytes: &[u8], token: &Token) -> bool {
    let named = |name: Option<&[u8]>| name.is_some_and(|name| name.eq_ignore_ascii_case(b"type"));
    Attributes::new(bytes, token.name_end)
        .find(|attribute| named(bytes.get(attribute.name.clone())))
        .and_then(|attribute| bytes.get(attribute.value))
        .is_some_and(|value| value.eq_ignore_ascii_case(b"hidden"))
}
