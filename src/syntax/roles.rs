//! The words of the node tables: what a node is, and the parts that its children play.

use serde::Deserialize;

/// What a node is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Nothing special: its children are visited.
    #[default]
    Plain,
    /// Neither the node nor its children are read as values: labels, signatures, punctuation.
    Skip,
    /// A comment.
    Comment,
    /// Statements in brackets or indentation.
    Block,
    /// An expression as a statement.
    Statement,
    /// A statement with a label.
    Labeled,
    /// A declared function.
    Function,
    /// A function as a value.
    Closure,
    /// A function written as a member of a class or object.
    Method,
    /// Code that gives a future.
    AsyncBlock,
    /// A class or struct.
    Class,
    /// An interface or trait.
    Interface,
    /// An enum.
    Enum,
    /// A type alias.
    Alias,
    /// Rust's `impl`.
    Impl,
    /// A module written inside a file, or Rust's `mod x;`.
    Module,
    /// A declaration with its decorators.
    Decorated,
    /// A decorator, or the brackets of an attribute.
    Decorator,
    /// What stands in an attribute's brackets.
    Attribute,
    /// The members of a class.
    ClassBody,
    /// A declared field.
    Field,
    /// A member of an enum with a value or fields.
    EnumMember,
    /// What a class extends and implements.
    Heritage,
    /// A list of base types.
    Bases,
    /// A loop over elements.
    For,
    /// A loop with start, condition and step.
    Counted,
    /// A loop with a condition.
    While,
    /// A loop without a condition.
    Endless,
    /// A comprehension or generator expression.
    Comprehension,
    /// A `for` of a comprehension.
    Clause,
    /// An `if` of a comprehension, or an assertion: its first part is a condition.
    Filter,
    /// A branch.
    If,
    /// A further branch of the same statement.
    Elif,
    /// What runs otherwise.
    Else,
    /// A choice between two values.
    Ternary,
    /// Rust's `let` in a condition.
    LetCondition,
    /// Conditions joined by `&&`, some of them `let`.
    LetChain,
    /// `switch` or `match`.
    Switch,
    /// The arms of a `switch` or `match`.
    Cases,
    /// An arm.
    Case,
    /// The pattern of an arm with its guard.
    MatchPattern,
    /// Code with handlers.
    Try,
    /// A handler.
    Catch,
    /// What runs in any case.
    Finally,
    /// A block with a context.
    With,
    /// One context expression.
    WithItem,
    /// `value as name`.
    AsPattern,
    /// `return`.
    Return,
    /// `throw`, `raise`.
    Throw,
    /// `break`.
    Break,
    /// `continue`.
    Continue,
    /// `yield`.
    Yield,
    /// `await`.
    Await,
    /// Rust's `?`.
    Question,
    /// A keyword with one or more declared names.
    Declarations,
    /// One declared name or pattern.
    Declare,
    /// Rust's `let`.
    Let,
    /// Rust's `const` and `static`.
    Constant,
    /// An assignment.
    Assign,
    /// `+=` and its kin.
    Augment,
    /// `++`, `--`.
    Update,
    /// `name := value`.
    Walrus,
    /// `del`.
    Delete,
    /// A call.
    Call,
    /// `new C()`.
    New,
    /// `C { .. }`.
    StructLiteral,
    /// `f!()`.
    Macro,
    /// A list of arguments.
    Arguments,
    /// An argument with a name.
    Keyword,
    /// `a.b`.
    Member,
    /// `a::b`.
    Path,
    /// A function with type arguments.
    Turbofish,
    /// `a[b]`.
    Index,
    /// `a:b`, `a..b`.
    Slice,
    /// Only wraps a value: parentheses, casts, references.
    Through,
    /// A value with another type.
    Cast,
    /// Two operands; which operator decides.
    Binary,
    /// `and`, `or`.
    Boolean,
    /// A chain of comparisons.
    Compare,
    /// `not`.
    Not,
    /// An operator before its operand.
    Unary,
    /// A string literal or template.
    Text,
    /// The text between the quotes.
    TextContent,
    /// An escape sequence.
    Escape,
    /// An expression inside a string.
    Hole,
    /// String literals side by side.
    Texts,
    /// A number.
    Number,
    /// True or false.
    Bool,
    /// No value.
    Null,
    /// A list, array or tuple literal.
    List,
    /// A set literal.
    Set,
    /// An object or dictionary literal.
    Object,
    /// A key with its value.
    Pair,
    /// A key that is also the value's name.
    Shorthand,
    /// `...x`, `*x`.
    Spread,
    /// An identifier.
    Name,
    /// `this`, `self`.
    This,
    /// `super`.
    Super,
    /// A parameter with more than a pattern.
    Param,
    /// A list of parameters.
    Params,
    /// Rust's `self` parameter.
    SelfParam,
    /// A name in an object pattern.
    NamePattern,
    /// A pattern whose parts have positions.
    TuplePattern,
    /// A pattern whose parts have keys.
    ObjectPattern,
    /// A key with its pattern.
    PairPattern,
    /// A pattern with a default.
    DefaultPattern,
    /// The rest of a list or object.
    RestPattern,
    /// Only wraps patterns of the same value.
    ThroughPattern,
    /// A variant or class with positions.
    VariantPattern,
    /// A field's name with its pattern.
    CapturePattern,
    /// A constant's path; in Python a single name takes the value.
    ConstantPattern,
    /// An import.
    Import,
    /// Python's `from … import`.
    ImportFrom,
    /// An export.
    Export,
    /// Rust's `use`.
    Use,
    /// Rust's `extern crate`.
    ExternCrate,
    /// A type with no role of its own.
    Type,
    /// A type's name.
    TypeName,
    /// A type with arguments.
    TypeGeneric,
    /// The arguments of a type.
    TypeArguments,
    /// An array or slice type.
    TypeArray,
    /// A tuple type.
    TypeTuple,
    /// A union or intersection.
    TypeUnion,
    /// An object type.
    TypeObject,
    /// A function type.
    TypeFunction,
    /// Only wraps a type: annotations, references.
    TypeThrough,
    /// A type that is read no further.
    TypeLiteral,
    /// The definition of a macro.
    MacroDefinition,
    /// One rule of a macro's definition.
    MacroRule,
    /// Type parameters, or the conditions on them.
    TypeParams,
    /// A type parameter with what it must be.
    TypeParam,
}

/// The part that a child plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Slot {
    /// The declared or called name.
    Name,
    /// The list of parameters.
    Params,
    /// What runs or is declared inside.
    Body,
    /// The result type.
    Returns,
    /// What takes each element, a case's pattern, a single parameter, a caught error.
    Item,
    /// What is looped over.
    Over,
    /// The condition.
    Condition,
    /// What runs when the condition holds.
    Then,
    /// What runs otherwise.
    Else,
    /// The left operand or the target.
    Left,
    /// The right operand or the value given.
    Right,
    /// The operator's token.
    Operator,
    /// What is called.
    Callee,
    /// The arguments.
    Arguments,
    /// What a field is read from, or a module's name.
    Object,
    /// The field or key.
    Property,
    /// The value wrapped, returned, awaited.
    Value,
    /// The declared type.
    Type,
    /// The key of a pair.
    Key,
    /// The second name.
    Alias,
    /// What a counted loop does first.
    Start,
    /// What a counted loop does after each round.
    Step,
    /// What is matched.
    Subject,
    /// The base types.
    Bases,
}
