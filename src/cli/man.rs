//! `perflint man`: the manual page, in the language of `man` (roff).

use std::io;

use clap::Command;
use clap_mangen::Man;

/// One page with everything in it: perflint itself, and a section for each sub-command that is shown.
///
/// # Errors
/// Writing to memory fails, which it does not.
pub fn page(command: Command) -> io::Result<String> {
    let mut command = command;
    command.build();
    let man = Man::new(command.clone());
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    man.render_subcommands_section(&mut page)?;
    for sub in shown(&command) {
        section(sub, sub.get_name(), &mut page)?;
    }
    page.extend(after(&command).bytes());
    man.render_version_section(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

/// What stands after the help: the exit statuses, and examples whose columns must stay as they are.
fn after(command: &Command) -> String {
    let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let (status, examples) = text.split_once("\n\nExamples:\n").unwrap_or((&text, ""));
    let status = status.strip_prefix("Exit status: ").unwrap_or(status);
    format!(".SH \"EXIT STATUS\"\n{}\n.SH EXAMPLES\n.nf\n{}\n.fi\n", escaped(status), escaped(examples))
}

/// Text in which roff sees no commands: its escape sign, hyphens that must stay, lines that begin with its control signs.
fn escaped(text: &str) -> String {
    let line = |line: &str| {
        let guard = if line.starts_with(['.', '\'']) { "\\&" } else { "" };
        format!("{guard}{}", line.replace('\\', "\\e").replace('-', "\\-"))
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// The sub-commands that are no secret.
fn shown(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|sub| !sub.is_hide_set())
}

/// A sub-command, and those below it, under a heading of its own; what would be sections of its page stand under it.
fn section(command: &Command, path: &str, page: &mut Vec<u8>) -> io::Result<()> {
    let man = Man::new(command.clone());
    let mut parts = Vec::new();
    man.render_synopsis_section(&mut parts)?;
    man.render_description_section(&mut parts)?;
    if command.get_arguments().any(|argument| !argument.is_hide_set()) {
        man.render_options_section(&mut parts)?;
    }
    let text = String::from_utf8_lossy(&parts).replace("\n.SH ", "\n.SS ");
    let text = text.strip_prefix(".SH ").map_or_else(|| text.clone(), |rest| format!(".SS {rest}"));
    page.extend(format!(".SH \"PERFLINT {}\"\n{text}", path.to_uppercase()).bytes());
    for sub in shown(command) {
        section(sub, &format!("{path} {}", sub.get_name()), page)?;
    }
    Ok(())
}
