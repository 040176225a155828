//! The key from which all others are derived: given, or made once and kept beside the embedded database.

use super::{ConfigError, Sources};
use secrecy::SecretSlice;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::Path;
use store::DatabaseUrl;

/// Shortest key, in bytes.
const MIN_BYTES: usize = 32;

pub(super) fn load(sources: &Sources, database: &DatabaseUrl, data_dir: &Path) -> Result<SecretSlice<u8>, ConfigError> {
    if let Some(found) = sources.text("secret_key") {
        if found.value.len() < MIN_BYTES {
            let problem = format!("a key needs at least {MIN_BYTES} characters");
            return Err(ConfigError::Value { origin: found.origin, problem });
        }
        return Ok(found.value.into_bytes().into());
    }
    if database.is_sqlite() { generated(data_dir) } else { Err(ConfigError::SecretKeyMissing) }
}

/// The key of a data directory, made at the first call.
///
/// # Errors
/// When the file cannot be written or read, or does not hold a key.
pub(super) fn generated(data_dir: &Path) -> Result<SecretSlice<u8>, ConfigError> {
    let path = data_dir.join("secret.key");
    let broken = |problem: String| ConfigError::File { path: path.clone(), problem };
    super::make_data_dir(data_dir).map_err(|error| broken(error.to_string()))?;
    match create(&path) {
        Ok(mut file) => {
            let mut key = [0; MIN_BYTES];
            getrandom::fill(&mut key).map_err(|error| broken(error.to_string()))?;
            let text: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
            file.write_all(text.as_bytes())
                .and_then(|()| file.sync_all())
                .map_err(|error| broken(error.to_string()))?;
            Ok(text.into_bytes().into())
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let mut text = String::new();
            File::open(&path)
                .and_then(|mut file| file.read_to_string(&mut text))
                .map_err(|error| broken(error.to_string()))?;
            let key = text.trim().as_bytes().to_vec();
            if key.len() < MIN_BYTES {
                Err(broken("it holds no key; restore it from a backup".to_owned()))
            } else {
                Ok(key.into())
            }
        }
        Err(error) => Err(broken(error.to_string())),
    }
}

/// A new file that its owner alone can read.
fn create(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
