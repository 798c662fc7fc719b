//! The organiser's own commands: a key, and a poster.

use std::path::Path;

use bauta_spec::poster::{CertifiedPoster, EventId, Opening, OrganiserCertificate, Poster};
use bauta_spec::qr::{Asked, MAX_PICTURE_BYTES, Picture, read_picture};
use bauta_spec::sealed::file::{FileRefused, read_private, read_public, replace, write_new};
use bauta_spec::sealed::{self, Cost, Kind, Passphrase};
use bauta_spec::signed::{OrganiserKey, Signed};
use bauta_spec::time::{Day, Grid, Minute};
use bauta_spec::words::Purpose;
use bauta_verifier::{Held, asked, verified};

use crate::args::{self, ClockTime};
use crate::command::World;
use crate::failure::Failure;

/// A day of the grid begins at four in the morning.
const BOUNDARY_MINUTES: u16 = 4 * 60;
const DAY_MINUTES: u16 = 24 * 60;
/// Pixels for each dot: sharp on a sheet of paper.
const PNG_SCALE: u8 = 8;

/// Makes a sealed key, and its public half beside it.
pub(crate) fn make_key(key: &Path, passphrase: &args::OrganiserPassphrase, world: &mut World) -> Result<(), Failure> {
    let public = public_of(key);
    // Said before anybody thinks up a passphrase.
    for path in [key, &public] {
        if path.symlink_metadata().is_ok() {
            return Err(FileRefused::Exists(path.to_owned()).into());
        }
    }
    let passphrase = chosen(passphrase)?;
    let made = OrganiserKey::generate(&mut world.rng);
    let sealed = sealed::seal(
        Kind::OrganiserKey,
        passphrase.bytes(),
        made.to_bytes().as_slice(),
        Cost::recommended(),
        &mut world.rng,
    )?;
    write_new(key, &sealed)?;
    write_new(&public, format!("{}\n", made.public()).as_bytes())?;
    println!("The key is in {}. Keep a copy of it and of its passphrase.", key.display());
    println!("Send {} to the authority, who gives you a certificate for it.", public.display());
    Ok(())
}

/// Signs the poster of one day.
pub(crate) fn make_poster(dir: &Path, order: &args::Poster, world: &mut World) -> Result<(), Failure> {
    let held = Held::load(dir)?;
    let list = held.list();
    let form = Form::of(&order.out)?;
    let policy = asked(list, &order.policy, world.now()).ok_or_else(|| Failure::no_policy(list))?;
    if !list.policy(policy).is_some_and(|policy| policy.poster()) {
        return Err(Failure::NoPosters(order.policy.clone()));
    }
    let certificate = read_public(&order.certificate, Signed::<OrganiserCertificate>::MAX)?;
    let certificate =
        Signed::from_bytes(&certificate).map_err(|_| Failure::NoCertificate(order.certificate.clone()))?;
    let event = order.event.unwrap_or_else(|| EventId::generate(&mut world.rng));
    let opening = opening(list.grid(), order.day, order.from, order.until)?;
    let purpose = purpose(&order.purpose)?;
    let key = open_key(&order.key, &order.passphrase)?;
    let poster = Poster::new(policy, event, order.day, opening, purpose, (list.version(), list.hash()));
    let signed = Signed::sign(&poster, &key).map_err(Failure::Poster)?;
    let poster = CertifiedPoster::new(certificate, signed);
    // As whoever reads it will: a certificate of another key, root or month is found now and not at the door.
    let poster_of = verified(&poster, list, held.root()).map_err(Failure::NotCertified)?;
    let text = Asked::Poster(poster).to_string();
    form.write(&order.out, &text)?;
    println!(
        "The poster of {} for \"{}\" on {} is in {}. Another poster of the same event takes --event {event}.",
        poster_of.organiser().name,
        order.policy,
        order.day,
        order.out.display(),
    );
    Ok(())
}

/// A poster as it lies in a file: its text, or a picture of it.
pub(crate) fn read_poster(path: &Path) -> Result<CertifiedPoster, Failure> {
    let no_poster = || Failure::NoPoster(path.to_owned());
    let bytes = read_public(path, MAX_PICTURE_BYTES as usize)?;
    let text = match std::str::from_utf8(&bytes) {
        Ok(text) => text.trim_end_matches(['\r', '\n']).to_owned(),
        Err(_) => read_picture(&bytes, &Asked::PREFIXES).map_err(|_| no_poster())?,
    };
    match text.parse() {
        Ok(Asked::Poster(poster)) => Ok(poster),
        Ok(Asked::Policy(_) | Asked::Challenge(_)) | Err(_) => Err(no_poster()),
    }
}

/// From the first minute to the end of the last, on the event day or in the night that follows.
fn opening(grid: Grid, day: Day, from: ClockTime, until: ClockTime) -> Result<Opening, Failure> {
    let begins = Minute::of(grid.start_of(day));
    let into_it = |time: ClockTime| (time.minutes + DAY_MINUTES - BOUNDARY_MINUTES) % DAY_MINUTES;
    let (first, mut last) = (into_it(from), into_it(until));
    if last <= first {
        last += DAY_MINUTES;
    }
    Opening::new(begins.plus(first.into()), begins.plus(last.into()).minus(1)).map_err(Failure::Poster)
}

fn purpose(written: &[String]) -> Result<Purpose, Failure> {
    const WRONG: &str = "write --purpose en=…, once for each language";
    let line = |text: &String| {
        let (language, line) = text.split_once('=').ok_or_else(|| Failure::Usage(WRONG.to_owned()))?;
        let language = language.parse().map_err(|error| Failure::Usage(format!("--purpose: {error}; {WRONG}")))?;
        Ok::<_, Failure>((language, line.parse().map_err(|error| Failure::Usage(format!("--purpose: {error}")))?))
    };
    let lines = written.iter().map(line).collect::<Result<_, _>>()?;
    Purpose::new(lines).map_err(|error| Failure::Usage(format!("--purpose: {error}")))
}

fn open_key(path: &Path, passphrase: &args::OrganiserPassphrase) -> Result<OrganiserKey, Failure> {
    let sealed = read_private(path, sealed::MAX_BYTES)?;
    let passphrase = asked_for(passphrase)?;
    let not_opened = |cause| Failure::Key { path: path.to_owned(), cause };
    let bytes = sealed::open(Kind::OrganiserKey, passphrase.bytes(), &sealed).map_err(not_opened)?;
    let damaged = || not_opened(sealed::CannotOpen::WrongPassphraseOrDamaged);
    OrganiserKey::from_bytes(&bytes).map_err(|_| damaged())
}

fn asked_for(passphrase: &args::OrganiserPassphrase) -> Result<Passphrase, Failure> {
    match &passphrase.file {
        Some(file) => Ok(Passphrase::in_file(file)?),
        None => typed("Passphrase of the organiser key: "),
    }
}

/// Asked twice, because a slip would lose the key.
fn chosen(passphrase: &args::OrganiserPassphrase) -> Result<Passphrase, Failure> {
    let chosen = asked_for(passphrase)?.for_a_new_file().map_err(|error| Failure::Usage(error.to_string()))?;
    if passphrase.file.is_none() && typed("The same again: ")?.bytes() != chosen.bytes() {
        return Err(Failure::Usage("the two passphrases differ: run the command again".to_owned()));
    }
    Ok(chosen)
}

fn typed(question: &str) -> Result<Passphrase, Failure> {
    let typed = rpassword::prompt_password(question).map_err(|_| {
        Failure::Usage("there is no terminal to ask for the passphrase: name a file with --passphrase-file".to_owned())
    })?;
    Ok(Passphrase::typed(typed))
}

fn public_of(key: &Path) -> std::path::PathBuf {
    let mut name = key.as_os_str().to_owned();
    name.push(".pub");
    name.into()
}

/// What is written of a poster, by the ending of the file.
enum Form {
    Svg,
    Png,
    Text,
}

impl Form {
    fn of(path: &Path) -> Result<Self, Failure> {
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("svg") => Ok(Self::Svg),
            Some("png") => Ok(Self::Png),
            Some("txt") => Ok(Self::Text),
            _ => Err(Failure::Usage("--out: name a file that ends in .svg, .png or .txt".to_owned())),
        }
    }

    fn write(&self, path: &Path, text: &str) -> Result<(), Failure> {
        let picture = || Picture::of(text).map_err(|error| Failure::Usage(format!("{error}: shorten the purpose")));
        let bytes = match self {
            Self::Svg => picture()?.to_svg().into_bytes(),
            Self::Png => picture()?.to_png(PNG_SCALE),
            Self::Text => format!("{text}\n").into_bytes(),
        };
        Ok(replace(path, &bytes)?)
    }
}

#[cfg(test)]
mod tests {
    use bauta_spec::time::Moment;

    use super::*;

    #[test]
    fn an_opening_lies_in_the_event_day_and_the_night_after_it() {
        let grid = Grid::new(60).unwrap();
        let day: Day = "2026-11-24".parse().unwrap();
        // 2026-11-24, 00:00 in Greenwich.
        let midnight = Moment::from_unix(20_781 * 86_400);
        let minute =
            |hours: u64, minutes: u64| Minute::of(Moment::from_unix(midnight.unix() + (hours * 60 + minutes) * 60));
        let of = |from: &str, until: &str| {
            let opening = opening(grid, day, from.parse().unwrap(), until.parse().unwrap()).unwrap();
            (opening.first(), opening.last().plus(1))
        };
        assert_eq!(of("18:00", "23:30"), (minute(17, 0), minute(22, 30)));
        assert_eq!(of("22:00", "03:00"), (minute(21, 0), minute(26, 0)));
        assert_eq!(of("01:00", "03:00"), (minute(24, 0), minute(26, 0)), "the night that follows");
        assert_eq!(of("20:00", "06:00"), (minute(19, 0), minute(29, 0)), "beyond the day's end");
        assert_eq!(of("04:00", "04:00"), (minute(3, 0), minute(27, 0)));
    }

    #[test]
    fn times_are_written_in_one_way() {
        assert_eq!("00:00".parse::<ClockTime>().unwrap().minutes, 0);
        assert_eq!("23:59".parse::<ClockTime>().unwrap().minutes, 1439);
        for wrong in ["", "7:00", "24:00", "12:60", "12", "12:5", "+1:00", "12:00Z"] {
            assert!(wrong.parse::<ClockTime>().is_err(), "{wrong}");
        }
    }
}
