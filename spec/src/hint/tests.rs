#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;

#[test]
fn names_as_people_spell_them() {
    let spelled = [
        ("Maria", "M/05"),
        ("maria", "M/05"),
        ("Émile", "E/05"),
        ("Ægir", "A/05"),
        ("Þóra", "TU/05"),
        ("Øyvind", "NO/05"),
        ("Łucja", "L/05"),
        ("İbrahim", "I/05"),
        ("ışıl", "I/05"),
        ("Žofia", "YZ/05"),
        ("Đặng", "D/05"),
        ("ßebastian", "S/05"),
        ("Мария", "M/05"),
        ("Юлия", "I/05"),
        ("Хасан", "K/05"),
        ("Щукарь", "S/05"),
        ("'Ali", "A/05"),
        ("ʻAnakala", "A/05"),
        ("  Oya", "NO/05"),
        ("E\u{301}mile", "E/05"),
    ];
    for (name, hint) in spelled {
        assert_eq!(Hint::of(name, 5).unwrap().to_string(), hint, "{name}");
    }
}

#[test]
fn names_that_must_be_entered_as_on_the_card() {
    for name in ["", " ", "محمد", "李", "Ωmega", "123", "中A", "Ьa"] {
        assert!(Hint::of(name, 5).is_err(), "accepted: {name}");
    }
    assert!(Hint::of("Maria", 0).is_err() && Hint::of("Maria", 13).is_err());
}

#[test]
fn every_letter_has_one_class_and_every_number_one_hint() {
    for letter in 'A'..='Z' {
        let classes = CLASSES.iter().filter(|letters| letters.contains(&letter)).count();
        assert_eq!(classes, 1, "{letter}");
    }
    let mut texts = std::collections::BTreeSet::new();
    for number in 1..=Hint::MAX {
        let hint = Hint::new(number).unwrap();
        assert_eq!(hint.to_string().parse(), Ok(hint));
        let one_letter = format!("{}/{:02}", hint.initials().last().unwrap(), hint.month());
        assert_eq!(one_letter.parse(), Ok(hint));
        assert!(texts.insert(hint.to_string()));
    }
    assert!(Hint::new(0).is_err() && Hint::new(241).is_err());
}

#[test]
fn what_is_no_hint() {
    for text in [
        "", "/", "M", "M/", "M/5", "M/13", "M/00", "M/+5", "m/05", "Ö/05", "MN/05", "ON/05", "M/05 ", "M/005",
        "M/05/05",
    ] {
        assert!(text.parse::<Hint>().is_err(), "accepted: {text}");
    }
}
