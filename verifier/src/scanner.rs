//! A scanner that types: one code per line in, one verdict per line out.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// The longest line that is looked at, line end included: the longest code there is, with room for what a scanner adds.
pub const MAX_LINE_BYTES: usize = 2048;

/// Answers every line until the input ends. `None` stands for a line that is too long or not text.
///
/// # Errors
/// Reading or writing failed.
pub fn watch(
    mut lines: impl BufRead,
    mut verdicts: impl Write,
    mut answer: impl FnMut(Option<&str>) -> String,
) -> io::Result<()> {
    let mut line = Vec::new();
    while let Some(text) = next_line(&mut lines, &mut line)? {
        writeln!(verdicts, "{}", answer(text))?;
        // A verdict in a buffer is a person in front of a closed door.
        verdicts.flush()?;
    }
    Ok(())
}

/// What there is to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn<'a> {
    /// A line; `None` for one that is too long or not text.
    Line(Option<&'a str>),
    /// Nothing has come for a while: a screen may have to show something else.
    Nothing,
}

/// As [`watch`], and asks between the lines, after each `pause`, whether there is anything to say.
///
/// # Errors
/// Reading or writing failed.
pub fn watch_and_look(
    lines: impl Read + Send + 'static,
    mut verdicts: impl Write,
    pause: Duration,
    mut answer: impl FnMut(Turn<'_>) -> Option<String>,
) -> io::Result<()> {
    let (sender, receiver) = mpsc::sync_channel::<io::Result<Option<String>>>(1);
    thread::spawn(move || {
        let (mut lines, mut line) = (BufReader::new(lines), Vec::new());
        loop {
            let read = match next_line(&mut lines, &mut line) {
                Ok(Some(text)) => Ok(text.map(str::to_owned)),
                Ok(None) => return,
                Err(error) => Err(error),
            };
            let last = read.is_err();
            if sender.send(read).is_err() || last {
                return;
            }
        }
    });
    loop {
        let said = match receiver.recv_timeout(pause) {
            Ok(line) => answer(Turn::Line(line?.as_deref())),
            Err(mpsc::RecvTimeoutError::Timeout) => answer(Turn::Nothing),
            Err(mpsc::RecvTimeoutError::Disconnected) => return Ok(()),
        };
        if let Some(said) = said {
            writeln!(verdicts, "{said}")?;
            verdicts.flush()?;
        }
    }
}

/// The next line without its end; the outer `None` is the end of the input.
fn next_line<'a>(lines: &mut impl BufRead, line: &'a mut Vec<u8>) -> io::Result<Option<Option<&'a str>>> {
    line.clear();
    let read = lines.by_ref().take(MAX_LINE_BYTES as u64).read_until(b'\n', line)?;
    if read == 0 {
        return Ok(None);
    }
    if line.pop_if(|last| *last == b'\n').is_none() && read == MAX_LINE_BYTES {
        lines.skip_until(b'\n')?;
        return Ok(Some(None));
    }
    line.pop_if(|last| *last == b'\r');
    Ok(Some(std::str::from_utf8(line).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watched(input: &[u8]) -> Vec<String> {
        let mut verdicts = Vec::new();
        watch(input, &mut verdicts, |text| text.map_or("?".to_owned(), |text| format!("<{text}>"))).unwrap();
        String::from_utf8(verdicts).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn every_line_has_one_verdict_whatever_its_end() {
        assert_eq!(watched(b"a\nb\r\n\nc"), ["<a>", "<b>", "<>", "<c>"]);
        assert_eq!(watched(b""), [""; 0]);
    }

    #[test]
    fn a_line_that_is_not_text_or_too_long_is_answered_and_the_next_one_works() {
        let mut input = b"\xff\xfe\n".to_vec();
        input.extend(std::iter::repeat_n(b'A', 10 * MAX_LINE_BYTES));
        input.extend(b"\nok\n");
        assert_eq!(watched(&input), ["?", "?", "<ok>"]);
    }

    #[test]
    fn between_lines_there_is_time_to_look() {
        let mut said = Vec::new();
        let mut turns = 0;
        watch_and_look(&b"a\n\xff\nb"[..], &mut said, Duration::from_secs(60), |turn| {
            turns += 1;
            match turn {
                Turn::Line(Some("b")) => None,
                Turn::Line(line) => Some(line.unwrap_or("?").to_owned()),
                Turn::Nothing => None,
            }
        })
        .unwrap();
        assert_eq!((String::from_utf8(said).unwrap().as_str(), turns), ("a\n?\n", 3));

        struct Slow(bool);
        impl Read for Slow {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                if std::mem::replace(&mut self.0, true) {
                    return Ok(0);
                }
                thread::sleep(Duration::from_millis(200));
                Ok(0)
            }
        }
        let mut looked = 0;
        watch_and_look(Slow(false), Vec::new(), Duration::from_millis(20), |turn| {
            looked += usize::from(turn == Turn::Nothing);
            None
        })
        .unwrap();
        assert!(looked >= 2, "{looked}");
    }

    #[test]
    fn a_line_of_just_the_limit_is_one_line() {
        let mut input = vec![b'A'; MAX_LINE_BYTES - 1];
        input.extend(b"\nnext\n");
        assert_eq!(watched(&input).len(), 2);
    }
}
