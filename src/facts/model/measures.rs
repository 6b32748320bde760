//! What is asked of values as a whole.

use serde::{Deserialize, Serialize};

use super::{Operand, Span};
pub use crate::syntax::measures::Asked;

/// A place where the size or an end of a value is asked, or where a number is compared with zero.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Measure {
    /// What is asked.
    pub asked: Asked,
    /// Of which value.
    pub of: Operand,
    /// The whole expression.
    pub span: Span,
}
