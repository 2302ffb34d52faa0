//! Host names beyond ASCII, as the network knows them (RFC 3492).

const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;

/// One label of a host; `None` if it is longer than any label may be.
pub fn label(label: &str) -> Option<String> {
    if label.is_ascii() {
        return Some(label.to_owned());
    }
    // 63 bytes is the most (RFC 1035); it also keeps all numbers below small.
    let chars: Vec<u32> = label.chars().map(u32::from).collect();
    if chars.len() > 63 {
        return None;
    }
    let mut out: String = label.chars().filter(char::is_ascii).collect();
    let basic = u32::try_from(out.len()).ok()?;
    if basic > 0 {
        out.push('-');
    }
    let (mut n, mut delta, mut bias, mut handled) = (128, 0, 72, basic);
    while let Some(next) = chars.iter().copied().filter(|c| *c >= n).min() {
        delta += (next - n) * (handled + 1);
        n = next;
        for c in &chars {
            if *c < n {
                delta += 1;
            } else if *c == n {
                push_number(delta, bias, &mut out);
                bias = adapted(delta, handled + 1, handled == basic);
                delta = 0;
                handled += 1;
            }
        }
        delta += 1;
        n += 1;
    }
    Some(["xn--", &out].concat())
}

/// A number in digits whose worth depends on where they stand.
fn push_number(mut number: u32, bias: u32, out: &mut String) {
    let mut k = BASE;
    loop {
        let threshold = k.saturating_sub(bias).clamp(T_MIN, T_MAX);
        if number < threshold {
            break;
        }
        let (more, digit) = (
            (number - threshold) / (BASE - threshold),
            threshold + (number - threshold) % (BASE - threshold),
        );
        out.push(digit_of(digit));
        number = more;
        k += BASE;
    }
    out.push(digit_of(number));
}

fn digit_of(digit: u32) -> char {
    let byte = if digit < 26 { u32::from(b'a') + digit } else { u32::from(b'0') + digit - 26 };
    char::from_u32(byte).unwrap_or('a')
}

fn adapted(delta: u32, points: u32, is_first: bool) -> u32 {
    let mut delta = if is_first { delta / 700 } else { delta / 2 };
    delta += delta / points;
    let mut k = 0;
    while delta > (BASE - T_MIN) * T_MAX / 2 {
        delta /= BASE - T_MIN;
        k += BASE;
    }
    k + (BASE - T_MIN + 1) * delta / (delta + 38)
}
