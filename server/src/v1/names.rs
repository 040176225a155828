//! The names under which the public API is asked: its own, and those that the operator gave besides.

use super::{ASSIGN, EVENT, FORGET};
use service::PublicPaths;

/// Further names of paths of the public API, with the names that these have in the code.
pub(super) struct Names(Vec<(String, &'static str)>);

impl Names {
    pub(super) fn new(paths: &PublicPaths) -> Self {
        let PublicPaths { assign, event, forget, script: _ } = paths;
        let named = [(assign, ASSIGN), (event, EVENT), (forget, FORGET)];
        Self(named.into_iter().filter_map(|(name, standard)| Some((name.clone()?, standard))).collect())
    }

    /// What a path is called in the code: the path itself, unless it is one of the further names.
    pub(super) fn standard<'a>(&self, path: &'a str) -> &'a str {
        self.0.iter().find(|(name, _)| name == path).map_or(path, |(_, standard)| standard)
    }

    /// Whether a path is one of the further names.
    pub(super) fn has(&self, path: &str) -> bool {
        self.0.iter().any(|(name, _)| name == path)
    }
}
