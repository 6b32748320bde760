//! Tests of SQL reading.
