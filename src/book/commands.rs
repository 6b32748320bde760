//! The command line, from clap's own data.

use clap::{Arg, ArgAction, Command};

use super::markdown::{anchor, as_sentence, code, codes, prose, table};

/// The page of all sub-commands that are shown; the command must be built.
pub fn page(command: &Command) -> String {
    let mut text = String::from("# Command line\n\n");
    let mut found = Vec::new();
    collect(command, "", &mut found);
    let row =
        |(path, command): &(String, &Command)| vec![format!("[{}](#{})", code(path), heading(path)), about(command)];
    text.push_str(&table(&["command", "what it does"], &found.iter().map(row).collect::<Vec<_>>()));
    for (path, command) in &found {
        text.push_str(&section(path, command));
    }
    text
}

/// A command and those below it, with their full names.
fn collect<'c>(command: &'c Command, above: &str, found: &mut Vec<(String, &'c Command)>) {
    let path = format!("{above} {}", command.get_name()).trim_start().to_owned();
    found.push((path.clone(), command));
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        collect(sub, &path, found);
    }
}

fn heading(path: &str) -> String {
    format!("command-{}", anchor(path))
}

fn about(command: &Command) -> String {
    let about = command.get_long_about().or_else(|| command.get_about());
    about.map(|about| prose(&as_sentence(&about.to_string()))).unwrap_or_default()
}

fn section(path: &str, command: &Command) -> String {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.strip_prefix("Usage:").unwrap_or(&usage);
    let usage: Vec<&str> = usage.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut text = format!(
        "\n## {} {{#{}}}\n\n{}\n\n```text\n{}\n```\n",
        code(path),
        heading(path),
        about(command),
        usage.join("\n")
    );
    let shown = |argument: &&Arg| !argument.is_hide_set() && argument.get_id() != "help";
    let (places, options): (Vec<&Arg>, Vec<&Arg>) =
        command.get_arguments().filter(shown).partition(|arg| arg.is_positional());
    for (title, arguments) in [("argument", places), ("option", options)] {
        let rows: Vec<Vec<String>> = arguments.into_iter().map(row).collect();
        let table = table(&[title, "what it says"], &rows);
        text.push_str(&if table.is_empty() { table } else { format!("\n{table}") });
    }
    if let Some(after) = command.get_after_help() {
        text.push_str(&format!("\n```text\n{after}\n```\n"));
    }
    text
}

fn row(argument: &Arg) -> Vec<String> {
    let help = argument.get_long_help().or_else(|| argument.get_help());
    let mut text = help.map(|help| prose(&as_sentence(&help.to_string()))).unwrap_or_default();
    let takes_value = matches!(argument.get_action(), ArgAction::Set | ArgAction::Append);
    let values = argument.get_possible_values();
    let shown: Vec<&str> = values.iter().filter(|value| !value.is_hide_set()).map(|value| value.get_name()).collect();
    if takes_value && !shown.is_empty() {
        text.push_str(&format!(" One of {}.", codes(shown)));
    }
    let defaults: Vec<&str> = argument.get_default_values().iter().filter_map(|value| value.to_str()).collect();
    if takes_value && !defaults.is_empty() {
        text.push_str(&format!(" {} unless given.", codes(defaults)));
    }
    let short = argument.get_short().map(|short| format!("{}, ", code(&format!("-{short}")))).unwrap_or_default();
    vec![format!("{short}{}", code(&argument.to_string())), text]
}
