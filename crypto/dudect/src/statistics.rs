//! From timings to Welch's t.

/// What two classes of inputs took.
pub(crate) struct Comparison {
    /// The mean over both.
    pub(crate) nanoseconds: f64,
    /// The first less the second, in nanoseconds.
    pub(crate) difference: f64,
    /// Welch's t of the difference.
    pub(crate) t: f64,
}

impl Comparison {
    /// Of one figure for each input.
    pub(crate) fn new(first: &[f64], second: &[f64]) -> Self {
        let ((a, va), (b, vb)) = (mean_and_variance(first), mean_and_variance(second));
        let error = (va / first.len() as f64 + vb / second.len() as f64).sqrt();
        let difference = a - b;
        // Figures that never vary: either no difference at all, or a certain one.
        let t = if difference == 0.0 { 0.0 } else { difference / error };
        Self { nanoseconds: (a + b) / 2.0, difference, t }
    }
}

/// The mean of the quicker half: what interrupts a measurement only ever makes it longer.
pub(crate) fn cropped_mean(timings: &mut [u32]) -> f64 {
    timings.sort_unstable();
    let quick = &timings[..timings.len().div_ceil(2)];
    quick.iter().map(|timing| f64::from(*timing)).sum::<f64>() / quick.len() as f64
}

fn mean_and_variance(values: &[f64]) -> (f64, f64) {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, squares / (values.len() as f64 - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Figures worked out by hand: means 3 and 5, variances 2.5 and 10/3, t = −2/√(2.5/5 + (10/3)/4).
    #[test]
    fn welch() {
        let Comparison { nanoseconds, difference, t } =
            Comparison::new(&[1.0, 2.0, 3.0, 4.0, 5.0], &[3.0, 4.0, 6.0, 7.0]);
        assert_eq!((nanoseconds, difference), (4.0, -2.0));
        assert!((t + 2.0 / (0.5_f64 + 10.0 / 12.0).sqrt()).abs() < 1e-12);
        assert_eq!(Comparison::new(&[7.0; 3], &[7.0; 3]).t, 0.0);
        assert_eq!(Comparison::new(&[8.0; 3], &[7.0; 3]).t, f64::INFINITY);
    }

    #[test]
    fn interruptions_do_not_count() {
        assert_eq!(cropped_mean(&mut [9000, 3, 1, 800]), 2.0);
        assert_eq!(cropped_mean(&mut [5, 1, 9]), 3.0);
        assert_eq!(cropped_mean(&mut [4]), 4.0);
    }
}
