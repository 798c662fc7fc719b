//! Leaks that the measurement must find. They are what a mistake would look like, and are used for nothing else.

use std::hint::black_box;

use anyhow::Result;
use bls12_381::{G1Affine, G1Projective, Scalar};

use crate::inputs::{Act, Class, Desk, Target};
use crate::sparse;

pub(crate) fn leaks() -> [Target; 3] {
    [
        Target { name: "planted: comparison that ends where it differs", prepare: compare },
        Target { name: "planted: multiplication that adds for ones only", prepare: double_and_add },
        Target { name: "planted: sum that skips the zero digits of messages", prepare: skip_zeros },
    ]
}

/// The sparse messages are the expected ones.
fn compare(desk: &mut Desk, class: Class) -> Result<Act> {
    let (found, expected) = (desk.messages(class).concat(), desk.messages(Class::Sparse).concat());
    Ok(Box::new(move || {
        black_box(found.iter().zip(&expected).all(|(a, b)| black_box(a) == black_box(b)));
        Ok(())
    }))
}

fn double_and_add(desk: &mut Desk, class: Class) -> Result<Act> {
    let bytes = desk.scalar(class);
    Ok(Box::new(move || {
        let base = G1Projective::generator();
        let bits = bytes.iter().flat_map(|byte| (0..8).rev().map(move |i| byte >> i & 1));
        let product = bits.fold(G1Projective::identity(), |sum, bit| {
            let doubled = sum.double();
            if bit == 1 { doubled + base } else { doubled }
        });
        black_box(product);
        Ok(())
    }))
}

fn skip_zeros(desk: &mut Desk, class: Class) -> Result<Act> {
    let scalars: Vec<Scalar> = desk.messages(class).iter().map(sparse::message_to_scalar).collect();
    Ok(Box::new(move || {
        let entry = G1Affine::generator();
        let digits = scalars.iter().flat_map(|scalar| sparse::digits(scalar, 6)).filter(|digit| *digit != 0);
        black_box(digits.fold(G1Projective::identity(), |sum, _| sum + entry));
        Ok(())
    }))
}
