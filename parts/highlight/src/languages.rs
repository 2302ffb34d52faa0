//! From what stands behind the fence to a grammar.

/// A language that has a pack.
#[derive(Debug, PartialEq, Eq)]
pub struct Language {
    /// Also the name of its pack's file.
    pub name: &'static str,
    /// As the collection of grammars calls it.
    pub grammar: &'static str,
    /// What else models write behind a fence, separated by spaces.
    aliases: &'static str,
}

const fn language(name: &'static str, grammar: &'static str, aliases: &'static str) -> Language {
    Language { name, grammar, aliases }
}

#[rustfmt::skip]
pub const ALL: &[Language] = &[
    language("ada", "Ada", "adb ads"),
    language("asm", "x86_64 Assembly", "assembly nasm x86asm"),
    language("awk", "AWK", "gawk"),
    language("bash", "Bourne Again Shell (bash)", "sh shell zsh ksh console shell-session shellsession shellscript terminal"),
    language("bat", "Batch File", "batch cmd dos"),
    language("c", "C", "h"),
    language("clojure", "Clojure", "clj cljs edn"),
    language("cmake", "CMake", ""),
    language("cpp", "C++", "c++ cc cxx hpp hxx arduino cuda cu ino"),
    language("crystal", "Crystal", "cr"),
    language("csharp", "C#", "c# cs"),
    language("css", "CSS", ""),
    language("d", "D", "dlang"),
    language("dart", "Dart", ""),
    language("diff", "Diff", "patch udiff"),
    language("dockerfile", "Dockerfile (with bash)", "docker containerfile"),
    language("dotenv", "DotENV", "env"),
    language("elixir", "Elixir", "ex exs iex"),
    language("elm", "Elm", ""),
    language("erlang", "Erlang", "erl"),
    language("fish", "Fish", ""),
    language("fortran", "Fortran (Modern)", "f90 f95"),
    language("fsharp", "F#", "f# fs"),
    language("gdscript", "GDScript (Godot Engine)", "gd godot"),
    language("glsl", "GLSL", "hlsl shader"),
    language("go", "Go", "golang"),
    language("graphql", "GraphQL", "gql"),
    language("groovy", "Groovy", "gradle jenkinsfile"),
    language("haskell", "Haskell", "hs"),
    language("html", "HTML", "htm xhtml"),
    language("http", "HTTP Request and Response", "https"),
    language("ini", "INI", "cfg conf config editorconfig desktop systemd"),
    language("java", "Java", ""),
    language("javascript", "JavaScript", "js mjs cjs node"),
    language("json", "JSON", "jsonc json5 jsonl ndjson geojson jsonld ipynb"),
    language("julia", "Julia", "jl"),
    language("kotlin", "Kotlin", "kt kts"),
    language("latex", "LaTeX", "tex"),
    language("less", "Less", ""),
    language("lisp", "Lisp", "common-lisp commonlisp elisp emacs-lisp scheme scm"),
    language("lua", "Lua", "luau"),
    language("makefile", "Makefile", "make mk"),
    language("markdown", "Markdown", "md mdx rmd"),
    language("matlab", "MATLAB", "octave"),
    language("nginx", "nginx", ""),
    language("nim", "Nim", ""),
    language("nix", "Nix", ""),
    language("objectivec", "Objective-C", "objc objective-c obj-c"),
    language("ocaml", "OCaml", "ml"),
    language("odin", "Odin", ""),
    language("pascal", "Pascal", "delphi"),
    language("perl", "Perl", "pl"),
    language("php", "PHP Source", ""),
    language("properties", "Java Properties", ""),
    language("protobuf", "Protocol Buffer", "proto proto3"),
    language("purescript", "PureScript", "purs"),
    language("python", "Python", "py python3 py3 pyi starlark bzl"),
    language("r", "R", "rscript"),
    language("racket", "Racket", "rkt"),
    language("ruby", "Ruby", "rb rake gemfile"),
    language("rust", "Rust", "rs"),
    language("sass", "Sass", ""),
    language("scala", "Scala", "sc sbt"),
    language("scss", "SCSS", ""),
    language("solidity", "Solidity", "sol"),
    language("sql", "SQL", "mysql postgresql postgres pgsql psql plsql plpgsql tsql sqlite"),
    language("swift", "Swift", ""),
    language("systemverilog", "SystemVerilog", "sv"),
    language("tcl", "Tcl", ""),
    language("terraform", "Terraform", "tf hcl"),
    language("toml", "TOML", ""),
    language("tsx", "TypeScriptReact", "jsx javascriptreact typescriptreact"),
    language("typescript", "TypeScript", "ts mts cts"),
    language("verilog", "Verilog", ""),
    language("vhdl", "VHDL", "vhd"),
    language("vim", "VimL", "vimscript viml"),
    language("wgsl", "WGSL", ""),
    language("xml", "XML", "svg xsd xsl xslt plist rss xaml csproj"),
    language("yaml", "YAML", "yml"),
    language("zig", "Zig", ""),
];

/// By the word behind the fence, in any case: `rust`, `Rust,ignore`, `{.python .numberLines}`,
/// `language-js`, `ts:app.ts`.
pub fn find(info: &str) -> Option<&'static Language> {
    let info = info.trim_start_matches(|c: char| c.is_whitespace() || c == '{' || c == '.');
    let word = info.split(|c: char| c.is_whitespace() || matches!(c, ',' | '{' | '}' | ':' | ';')).next()?;
    let word = word.to_ascii_lowercase();
    let word = ["language-", "lang-"].iter().find_map(|prefix| word.strip_prefix(prefix)).unwrap_or(&word);
    ALL.iter().find(|language| {
        language.name == word || language.aliases.split(' ').any(|alias| alias == word && !word.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_found_by_what_models_write() {
        let found = |info| find(info).map(|language| language.name);
        for (info, name) in [
            ("rust", "rust"),
            ("Rust,ignore", "rust"),
            (" py title=\"a.py\"", "python"),
            ("{.python .numberLines}", "python"),
            ("language-js", "javascript"),
            ("ts:app.ts", "typescript"),
            ("C++", "cpp"),
            ("c#", "csharp"),
            ("console", "bash"),
        ] {
            assert_eq!(found(info), Some(name), "{info}");
        }
        for unknown in ["", " ", "text", "mermaid", "plaintext", "rustic", "{}"] {
            assert_eq!(found(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn no_name_means_two_languages() {
        let mut names: Vec<_> = ALL
            .iter()
            .flat_map(|language| {
                language.aliases.split(' ').filter(|it| !it.is_empty()).chain([language.name])
            })
            .collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
