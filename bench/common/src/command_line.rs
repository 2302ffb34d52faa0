//! What is measured, from the command line.

use std::path::PathBuf;

/// What every benchmark is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Files {
    /// The built page.
    pub dist: PathBuf,
    /// The file that holds the tables; `None` only prints them.
    pub readme: Option<PathBuf>,
}

/// Where an option's value comes from, for those that have one.
pub struct Value<'a> {
    usage: &'a str,
    rest: &'a mut dyn Iterator<Item = String>,
}

impl Value<'_> {
    /// # Errors
    /// There is none.
    pub fn text(&mut self) -> Result<String, String> {
        self.rest.next().ok_or_else(|| self.usage.to_owned())
    }

    /// # Errors
    /// It is no whole number, or a smaller one.
    pub fn at_least(&mut self, least: usize) -> Result<usize, String> {
        let text = self.text()?;
        self.number(&text, least)
    }

    /// Numbers from 1 on, with commas between them.
    ///
    /// # Errors
    /// One of them is none.
    pub fn counts(&mut self) -> Result<Vec<usize>, String> {
        self.text()?.split(',').map(|count| self.number(count, 1)).collect()
    }

    fn number(&self, text: &str, least: usize) -> Result<usize, String> {
        let number = text.parse().ok().filter(|number| *number >= least);
        number.ok_or_else(|| format!("{text} is no number from {least} on\n\n{}", self.usage))
    }
}

/// Reads `--dist`, `--readme` and `--print`. Every other option is left to `own`, which takes its value if it has one
/// and says whether it knows it.
///
/// # Errors
/// An option that nobody knows, or no value that fits: how the program is used.
pub fn options(
    usage: &str,
    args: impl IntoIterator<Item = String>,
    mut own: impl FnMut(&str, &mut Value) -> Result<bool, String>,
) -> Result<Files, String> {
    let mut files = Files { dist: PathBuf::from("dist"), readme: None };
    let mut is_printed_only = false;
    let mut args = args.into_iter();
    while let Some(option) = args.next() {
        let mut value = Value { usage, rest: &mut args };
        match option.as_str() {
            "--print" => is_printed_only = true,
            "--dist" => files.dist = value.text()?.into(),
            "--readme" => files.readme = Some(value.text()?.into()),
            other => {
                if !own(other, &mut value)? {
                    return Err(usage.to_owned());
                }
            }
        }
    }
    if is_printed_only {
        files.readme = None;
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<(Files, Vec<usize>), String> {
        let mut counts = Vec::new();
        let files = options("usage", line.split_whitespace().map(str::to_owned), |option, value| {
            match option {
                "--counts" => counts = value.counts()?,
                "--many" => counts = vec![value.at_least(20)?],
                "--flag" => counts.clear(),
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        Ok((files, counts))
    }

    #[test]
    fn files_and_own_options_stand_in_any_order() {
        let (files, counts) = read("--counts 2,8 --readme x.md --dist y").unwrap();
        assert_eq!((files.dist, files.readme), (PathBuf::from("y"), Some(PathBuf::from("x.md"))));
        assert_eq!(counts, [2, 8]);
        assert_eq!(read("--print --readme x.md").unwrap().0.readme, None);
        assert_eq!(read("--many 20 --flag").unwrap(), read("").unwrap());
        for wrong in ["--many", "--many 19", "--counts 4,0", "--counts 8,x", "--dist", "--fast 1"] {
            assert!(read(wrong).unwrap_err().ends_with("usage"), "{wrong}");
        }
    }
}
