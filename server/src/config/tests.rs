//! Settings from made-up sources.

use super::*;

fn nothing(_: &str) -> Option<String> {
    None
}

fn load(flags: Flags, environment: fn(&str) -> Option<String>) -> Result<Settings, ConfigError> {
    let data_dir = std::env::temp_dir().join(format!("evoloop-config-{}", uuid::Uuid::new_v4()));
    let flags = Flags { data_dir: Some(data_dir.display().to_string()), ..flags };
    let settings = Sources::new(&flags, environment).and_then(|sources| Settings::from_sources(&sources));
    let _ = std::fs::remove_dir_all(data_dir);
    settings
}

fn problem(flags: Flags, environment: fn(&str) -> Option<String>) -> String {
    load(flags, environment).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn an_empty_machine_gets_an_embedded_installation_with_a_key_of_its_own() -> Result<(), ConfigError> {
    use secrecy::ExposeSecret;
    let first = load(Flags::default(), nothing)?;
    let second = load(Flags::default(), nothing)?;
    assert!(first.database.is_sqlite());
    assert!(first.language_model.is_none());
    assert_eq!(first.secret_key.expose_secret().len(), 64);
    assert_ne!(first.secret_key.expose_secret(), second.secret_key.expose_secret());
    assert_eq!(first.public_url("127.0.0.1:4000".parse().unwrap_or(first.addr)), "http://127.0.0.1:4000");
    Ok(())
}

#[test]
fn a_generated_key_is_kept_and_its_owners_alone() -> Result<(), ConfigError> {
    use secrecy::ExposeSecret;
    let dir = std::env::temp_dir().join(format!("evoloop-key-{}", uuid::Uuid::new_v4()));
    let first = secret_key::generated(&dir)?;
    let second = secret_key::generated(&dir)?;
    assert_eq!(first.expose_secret(), second.expose_secret());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path| std::fs::metadata(path).map(|found| found.permissions().mode() & 0o777).ok();
        assert_eq!(mode(dir.join("secret.key")), Some(0o600));
        // The database beside it holds sessions and addresses.
        assert_eq!(mode(dir.clone()), Some(0o700));
    }
    let _ = std::fs::remove_dir_all(dir);
    Ok(())
}

#[test]
fn flags_win_over_the_environment() -> Result<(), ConfigError> {
    let environment = |name: &str| (name == "EVOLOOP_V1_RATE_LIMIT").then(|| "5".to_owned());
    assert_eq!(load(Flags::default(), environment)?.v1_rate_limit, 5);
    let flags = Flags { v1_rate_limit: Some("7".to_owned()), ..Flags::default() };
    assert_eq!(load(flags, environment)?.v1_rate_limit, 7);
    Ok(())
}

#[test]
fn raw_events_are_kept_for_ninety_days_or_as_wanted() -> Result<(), ConfigError> {
    let kept = |days: Option<&str>| {
        load(Flags { keep_events_days: days.map(str::to_owned), ..Flags::default() }, nothing)
            .map(|settings| settings.keep_events_days)
    };
    assert_eq!((kept(None)?, kept(Some("8"))?, kept(Some("0"))?), (Some(90), Some(8), None));
    Ok(())
}

#[test]
fn a_wrong_value_is_named_with_its_origin() {
    let flag = |change: fn(&mut Flags)| {
        let mut flags = Flags::default();
        change(&mut flags);
        problem(flags, nothing)
    };
    let cases: [(String, &str); 13] = [
        (
            flag(|flags| flags.keep_events_days = Some("7".to_owned())),
            "--keep-events-days: `7` is not a number of days",
        ),
        (
            flag(|flags| flags.metrics_addr = Some("9464".to_owned())),
            "--metrics-addr: `9464` is not an address and port",
        ),
        (flag(|flags| flags.addr = Some("nowhere".to_owned())), "--addr: `nowhere` is not an address and port"),
        (flag(|flags| flags.public_url = Some("https://a.example/path".to_owned())), "--public-url: give scheme, host"),
        (flag(|flags| flags.public_url = Some("evoloop".to_owned())), "--public-url: give a whole address"),
        (flag(|flags| flags.trusted_proxies = Some("10.0.0.0/99".to_owned())), "`10.0.0.0/99` is not a network"),
        (flag(|flags| flags.database_url = Some("mysql://x".to_owned())), "--database-url: the database address must"),
        (flag(|flags| flags.database_url = Some("postgres://x/y".to_owned())), "set EVOLOOP_SECRET_KEY"),
        (flag(|flags| flags.site_root = Some("/nowhere".to_owned())), "--site-root: `/nowhere` is not a folder"),
        (flag(|flags| flags.job_lease = Some("0".to_owned())), "`0` is not a number of seconds from 1 to 3600"),
        (flag(|flags| flags.job_attempts = Some("0".to_owned())), "`0` is not a number of tries from 1 to 1000"),
        (flag(|flags| flags.drain_delay_ms = Some("60001".to_owned())), "`60001` is not a number of milliseconds"),
        (flag(slow_model), "--llm-timeout: `0` is not a number of seconds"),
    ];
    for (shown, expected) in cases {
        assert!(shown.contains(expected), "{shown} should contain {expected}");
    }
    let short = |name: &str| (name == "EVOLOOP_SECRET_KEY").then(|| "short".to_owned());
    assert!(problem(Flags::default(), short).starts_with("EVOLOOP_SECRET_KEY: a key needs"));
}

#[test]
fn public_paths_have_further_names() -> Result<(), ConfigError> {
    let settings =
        load(Flags::default(), |name| (name == "EVOLOOP_PATHS").then(|| "script=/a.js event=/x/e".to_owned()))?;
    assert_eq!(settings.paths.script.as_deref(), Some("/a.js"));
    assert_eq!((settings.paths.event.as_deref(), settings.paths.assign), (Some("/x/e"), None));
    let wrong = problem(Flags::default(), |name| (name == "EVOLOOP_PATHS").then(|| "event=/x/e=2".to_owned()));
    assert!(wrong.starts_with("EVOLOOP_PATHS: `/x/e=2` is not an absolute path"), "{wrong}");
    Ok(())
}

fn slow_model(flags: &mut Flags) {
    flags.llm_base_url = Some("http://127.0.0.1:9/v1".to_owned());
    flags.llm_timeout = Some("0".to_owned());
}

#[test]
fn a_local_model_needs_an_address_alone() -> Result<(), ConfigError> {
    let address = |name: &str| (name == "EVOLOOP_LLM_BASE_URL").then(|| "http://127.0.0.1:9/v1".to_owned());
    let model = load(Flags::default(), address)?.language_model;
    assert_eq!(model.map(|model| (model.model, model.timeout.as_secs())), Some(("default".to_owned(), 180)));
    let patient = Flags { llm_timeout: Some("600".to_owned()), ..Flags::default() };
    let model = load(patient, address)?.language_model;
    assert_eq!(model.map(|model| model.timeout.as_secs()), Some(600));
    Ok(())
}

#[test]
fn a_key_of_openrouter_goes_to_openrouter_alone() -> Result<(), ConfigError> {
    let key = |name: &str| (name == "OPENROUTER_API_KEY").then(|| "sk-or-test".to_owned());
    let model = load(Flags::default(), key)?.language_model;
    assert!(model.is_some_and(|model| model.api_key.is_some() && model.base_url.host_str() == Some("openrouter.ai")));
    let flags = Flags {
        llm_base_url: Some("http://127.0.0.1:9/v1".to_owned()),
        llm_model: Some("small".to_owned()),
        ..Flags::default()
    };
    assert!(load(flags, key)?.language_model.is_some_and(|model| model.api_key.is_none()));
    Ok(())
}

#[test]
fn a_browser_is_a_program_that_is_there() -> Result<(), ConfigError> {
    let sandbox = |flags: Flags| -> Result<Option<bool>, ConfigError> {
        Ok(load(flags, nothing)?.reading.browser.map(|browser| browser.sandbox))
    };
    let chromium = Some("/bin/sh".to_owned());
    assert_eq!(sandbox(Flags::default())?, None);
    assert_eq!(sandbox(Flags { chromium: chromium.clone(), ..Flags::default() })?, Some(true));
    let off = Some("off".to_owned());
    assert_eq!(sandbox(Flags { chromium, chromium_sandbox: off, ..Flags::default() })?, Some(false));
    let maybe = Flags { chromium_sandbox: Some("maybe".to_owned()), ..Flags::default() };
    assert_eq!(problem(maybe, nothing), "--chromium-sandbox: `maybe` is neither on nor off");
    for wrong in ["chromium", "/no/such/program", "/bin"] {
        let shown = problem(Flags { chromium: Some(wrong.to_owned()), ..Flags::default() }, nothing);
        assert!(shown.starts_with("--chromium: `") && shown.contains(wrong), "{shown}");
    }
    Ok(())
}

#[test]
fn who_reads_pages_is_named_by_a_public_address_alone() -> Result<(), ConfigError> {
    for (url, expected) in [("https://evoloop.site", true), ("http://localhost:3000", false)] {
        let flags = Flags { public_url: Some(url.to_owned()), ..Flags::default() };
        assert_eq!(load(flags, nothing)?.reading.operator.is_some(), expected, "{url}");
    }
    Ok(())
}

#[test]
fn a_file_with_an_unknown_key_is_refused() {
    let path = std::env::temp_dir().join(format!("evoloop-{}.toml", uuid::Uuid::new_v4()));
    let check = |text: &str| {
        let _ = std::fs::write(&path, text);
        load(Flags { config: Some(path.clone()), ..Flags::default() }, nothing)
    };
    let settings = check("v1_rate_limit = 3\nallow_private_hosts = [\"localhost\", \"127.0.0.1:9\"]\n");
    assert_eq!(settings.map(|settings| settings.v1_rate_limit).ok(), Some(3));
    let named = check("paths = [\"assign=/x/a\", \"event=/x/e\"]\n");
    assert_eq!(named.ok().and_then(|settings| settings.paths.event), Some("/x/e".to_owned()));
    assert!(check("colour = 1\n").is_err_and(|error| error.to_string().contains("`colour` is not a setting")));
    assert!(check("addr = true\n").is_err_and(|error| error.to_string().contains("`addr` must be")));
    assert!(check("addr = \n").is_err());
    let _ = std::fs::remove_file(&path);
}

#[test]
fn no_image_is_made_unless_a_model_and_its_price_are_set() -> Result<(), ConfigError> {
    use outbound::llm::images::ImageApi;
    fn key(name: &str) -> Option<String> {
        (name == "EVOLOOP_LLM_API_KEY").then(|| "sk-secret".to_owned())
    }
    fn with(name: &str, values: &[(&str, &str)]) -> Option<String> {
        values.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    }
    assert!(load(Flags::default(), key)?.images.is_none());
    let alone = problem(Flags::default(), |name| with(name, &[("EVOLOOP_IMAGE_MODEL", "painter")]));
    assert!(alone.contains("EVOLOOP_IMAGE_MODEL: an image model needs a provider"), "{alone}");
    let free = problem(Flags::default(), |name| {
        with(name, &[("EVOLOOP_IMAGE_MODEL", "painter"), ("EVOLOOP_LLM_API_KEY", "sk")])
    });
    assert!(free.contains("set image_price too"), "{free}");
    let settings = load(Flags::default(), |name| {
        with(
            name,
            &[("EVOLOOP_IMAGE_MODEL", "painter"), ("EVOLOOP_LLM_API_KEY", "sk"), ("EVOLOOP_IMAGE_PRICE", "0.04")],
        )
    })?;
    let images = settings.images.map(|it| (it.api, it.price_micros, it.provider.model));
    assert_eq!(images, Some((ImageApi::Chat, 40_000, "painter".to_owned())));
    let dear = problem(Flags::default(), |name| with(name, &[("EVOLOOP_IMAGE_PRICE", "1000")]));
    assert!(dear.contains("is not an amount in dollars"), "{dear}");
    let size = problem(Flags::default(), |name| with(name, &[("EVOLOOP_SITE_PICTURES_MIB", "lots")]));
    assert!(size.contains("`lots` is not a number of MiB"), "{size}");
    Ok(())
}
