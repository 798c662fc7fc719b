//! The operators of our newtypes, passed on to what they wrap.

macro_rules! operators {
    ($($type:ident { $($operator:ident::$method:ident($other:ident)),+ })+) => {$($(
        impl core::ops::$operator<$other> for $type {
            type Output = Self;
            fn $method(self, other: $other) -> Self {
                Self(core::ops::$operator::$method(self.0, other.0))
            }
        }
    )+)+};
}

macro_rules! negation {
    ($($type:ident),+) => {$(
        impl core::ops::Neg for $type {
            type Output = Self;
            fn neg(self) -> Self {
                Self(-self.0)
            }
        }
    )+};
}

pub(super) use {negation, operators};
