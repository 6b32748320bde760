//! The rule and library documents built into the program.

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
