//! The closed lists of words that library files are written with.

use serde::Deserialize;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[doc = $variant_doc:literal])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
        #[repr(u8)]
        pub enum $name {
            $($(#[doc = $variant_doc])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The word in library and rule files.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// What it means, in a sentence or two, for manuals.
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($variant_doc),*).trim_start(),)*
                }
            }

            /// The one with this word.
            pub fn of_name(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.name() == word)
            }
        }
    };
}

words! {
    /// What a call does that can cost time.
    Effect {
        /// A query that reads.
        DbRead = "db.read",
        /// A row's relation read: a query, unless the row was loaded with it.
        DbLoad = "db.load",
        /// A query that writes.
        DbWrite = "db.write",
        /// A transaction committed.
        DbCommit = "db.commit",
        /// An outgoing request: HTTP, RPC, object store, message queue.
        Http = "http",
        /// A cache command (Redis, Memcached).
        Cache = "cache",
        /// A file read or written without blocking an event loop.
        FsRead = "fs.read",
        /// A file call that blocks.
        FsBlock = "fs.block",
        /// Work that keeps the processor busy for milliseconds.
        CpuBlock = "cpu.block",
        /// A sleep that blocks.
        SleepBlock = "sleep.block",
        /// A sleep that waits.
        Sleep = "sleep",
        /// Takes a lock.
        Lock = "lock",
        /// Searches a collection from the start.
        ScanLinear = "scan.linear",
        /// Makes a collection longer.
        GrowLinear = "grow.linear",
        /// Takes elements out of a collection.
        Shrink = "shrink",
        /// Copies a whole collection to add to it.
        CopyLinear = "copy.linear",
        /// Sorts all of a collection in memory.
        Sort = "sort",
        /// Writes a log line.
        Log = "log",
    }
}

words! {
    /// What is known of the value that a call gives, or of how it runs.
    Mark {
        /// LIMIT, take, first.
        Limited = "limited",
        /// At most one row: get by key, findUnique.
        Unique = "unique",
        /// Count, sum, exists: one row.
        Aggregate = "aggregate",
        /// Says how many rows there are: `count()`.
        Counts = "counts",
        /// Changes what it is called on.
        InPlace = "in-place",
        /// A condition is given.
        Filtered = "filtered",
        /// One trip for many: bulk_create, insertMany, executemany, pipelines.
        Batched = "batched",
        /// Loads relations with it.
        Eager = "eager",
        /// A cursor, iterator or stream.
        Streaming = "streaming",
        /// Memoised, or a data loader.
        Cached = "cached",
        /// Calls its function again on failure.
        Retry = "retry",
        /// One page of many.
        Pager = "pager",
        /// Limits how many run at once.
        Bounded = "bounded",
        /// Starts many at once.
        Parallel = "parallel",
        /// Sorted.
        Ordered = "ordered",
        /// Keeps every result for good.
        Unbounded = "unbounded",
        /// What was asked keeps the answer: asking it again costs nothing.
        Kept = "kept",
        /// Those that are asked before anything is waited for go out as one: a data loader's `load`.
        Merged = "merged",
        /// There for a class of the project to replace with code of its own, which is lost where many rows are written
        /// at once: Django's `Model.delete`.
        Extended = "extended",
        /// Replaces all that one row is tied to, in one go; nothing does that for many rows at once.
        Whole = "whole",
        /// Locks the rows that it reads, to change them: `select_for_update`.
        Locking = "locking",
    }
}

words! {
    /// What an argument may be.
    Shape {
        /// A function literal, or a name that is a function.
        Function = "function",
        /// An object or dictionary literal.
        Object = "object",
        /// A list literal.
        List = "list",
        /// A string.
        Text = "text",
        /// A string that holds SQL.
        Sql = "sql",
        /// A number.
        Number = "number",
        /// A variable, field or call result.
        Name = "name",
        /// Not there.
        None = "none",
    }
}

words! {
    /// A collection of the language.
    Collection {
        /// Array, list, Vec, slice, deque.
        List = "list",
        /// A set.
        Set = "set",
        /// A map or dictionary.
        Map = "map",
        /// Text.
        String = "string",
        /// Bytes, buffers.
        Bytes = "bytes",
        /// A number.
        Number = "number",
        /// An iterator or generator: nothing is there until it is asked for.
        Iterator = "iterator",
    }
}

words! {
    /// Kinds of entry points.
    Entry {
        /// Runs per request.
        Http = "http",
        /// Runs per message or on a schedule.
        Job = "job",
        /// Run by hand.
        Cli = "cli",
        /// A test.
        Test = "test",
        /// A schema or data migration, a seed.
        Migration = "migration",
        /// Does not ship: run by hand while developing, or shown as an example.
        Script = "script",
        /// Runs once at start-up.
        Startup = "startup",
        /// Runs on the user's machine: a page, a component.
        Client = "client",
        /// In a back office, on rows that a person picks.
        Admin = "admin",
    }
}
