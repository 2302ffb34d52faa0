//! Colours of code have at least 4.5:1 against its ground in both themes (WCAG 2.2, 1.4.3).

const STYLE: &str = include_str!("../style/main.css");

/// The two colours of `light-dark(#rrggbb, #rrggbb)`.
fn pair(text: &str) -> [[f64; 3]; 2] {
    let (_, inside) = text.split_once("light-dark(").expect("a pair of colours");
    let (light, dark) = inside.split_once(')').expect("its end").0.split_once(',').expect("two colours");
    [light, dark].map(|colour| {
        let digits = colour.trim().strip_prefix('#').expect("six digits");
        [0, 2, 4].map(|at| f64::from(u8::from_str_radix(&digits[at..at + 2], 16).expect("hexadecimal")))
    })
}

/// Relative luminance (WCAG 2.2).
fn luminance(colour: [f64; 3]) -> f64 {
    let [r, g, b] = colour.map(|part| {
        let part = part / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn black_on_white_is_as_the_standard_says() {
    assert!((contrast([0.0; 3], [255.0; 3]) - 21.0).abs() < 1e-9);
}

#[test]
fn code_can_be_read_in_every_colour_and_both_themes() {
    let ground = pair(STYLE.lines().find(|line| line.trim().starts_with("--code:")).expect("a ground"));
    let colours: Vec<&str> = STYLE.lines().filter(|line| line.starts_with("::highlight(")).collect();
    assert_eq!(colours.len(), 10);
    for line in colours {
        for (theme, (colour, ground)) in ["light", "dark"].iter().zip(pair(line).into_iter().zip(ground)) {
            let found = contrast(colour, ground);
            assert!(found >= 4.5, "{theme}: {found:.2} in {line}");
        }
    }
}
