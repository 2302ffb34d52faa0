//! One long answer in the framing of each dialect: a thought, a text, a tool call, the end. The
//! events stand in `answers/`, with fields and padding as in the cassettes.

use std::fs;

use tutti::model::provider::Dialect;

/// A text in pieces about as long as a model's tokens: four scripts, escapes, code.
const PIECES: &str = "The| oboe| gives| an| A|,| and| eighty| players| lean| towards| it|.|\n\n|첼로|는 |낮게|, \
    |바이올린|은 |높게| 조율|합니다|.|\n|オーボエ|が|鳴らす|、|みんな|で|。| 🎻| \"tutti\"| means| all| together|:\
    |\n\n|```rust\n|let| a4| =| 440|.0;| // Hz\n|```|\n";

/// What a provider would send, and what a decoder has to find in it.
#[derive(Debug, Default)]
pub struct Answer {
    pub bytes: Vec<u8>,
    pub reasoning: String,
    pub text: String,
    events: usize,
}

/// The arguments of the tool call that ends every answer.
pub const ARGUMENTS: &str = r#"{"hz":440}"#;

impl Answer {
    /// Writes an answer of about `size` bytes, an eighth of it thinking.
    pub fn new(dialect: Dialect, size: usize) -> Self {
        let events = read_events(dialect);
        let section = |name: &str| {
            let mut sections = events.split("# ");
            sections.find_map(|section| section.strip_prefix(name)?.strip_prefix('\n')).unwrap_or_default()
        };
        let mut answer = Self::default();
        let mut pieces = PIECES.split('|').cycle();
        answer.write(section("begin"), "");
        while answer.bytes.len() < size / 8 {
            let piece = pieces.next().unwrap_or_default();
            answer.reasoning += piece;
            answer.write(section("thought"), piece);
        }
        answer.write(section("between"), "");
        // The end may repeat the whole text several times.
        let repeated = section("end").matches("$whole").count();
        while answer.bytes.len() + repeated * answer.text.len() < size {
            let piece = pieces.next().unwrap_or_default();
            answer.text += piece;
            answer.write(section("text"), piece);
        }
        answer.write(section("end"), "");
        answer
    }

    fn write(&mut self, events: &str, piece: &str) {
        // Anything that providers add to hide how long a token is.
        let padding = &"abcdefghijklmnopq"[..self.events * 7 % 17];
        let spaces = " ".repeat(self.events * 7 % 15);
        let json = |text: &str| serde_json::to_string(text).expect("a string is JSON");
        let mut text = events
            .replace("$number", &self.events.to_string())
            .replace("$padding", padding)
            .replace("$spaces", &spaces)
            .replace("$piece", &json(piece));
        if text.contains("$whole") {
            text = text.replace("$whole", &json(&self.text));
        }
        self.bytes.extend_from_slice(text.as_bytes());
        self.events += 1;
    }
}

fn read_events(dialect: Dialect) -> String {
    let stem = format!("{}/answers/{}", env!("CARGO_MANIFEST_DIR"), dialect.name());
    let text = fs::read_to_string(format!("{stem}.sse"));
    text.or_else(|_| fs::read_to_string(format!("{stem}.ndjson"))).expect("the events of every dialect")
}
