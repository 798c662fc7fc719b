//! A scanner that types: one code per line in, one verdict per line out.

use std::io::{self, BufRead, Read, Write};

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
    fn a_line_of_just_the_limit_is_one_line() {
        let mut input = vec![b'A'; MAX_LINE_BYTES - 1];
        input.extend(b"\nnext\n");
        assert_eq!(watched(&input).len(), 2);
    }
}
