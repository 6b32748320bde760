//! Ids of rows of tables. They may stand at any address, so that rows made of them have no gaps.

/// Makes types for the ids of tables' rows: a `u32` that is the row's place.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
        )]
        #[repr(Rust, packed)]
        pub struct $name(pub u32);
        impl $name {
            /// The row in its table.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

pub(crate) use ids;
