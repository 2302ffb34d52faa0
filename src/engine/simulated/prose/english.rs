//! In English.

use super::{
    Block::{Markdown, Paragraph},
    Prose,
};
use crate::engine::simulated::Voice;

pub fn voice(voice: Voice) -> &'static Prose {
    match voice {
        Voice::Quick => &QUICK,
        Voice::Steady => &STEADY,
        Voice::Thinker => &THINKER,
    }
}

pub const THOUGHTS: [&str; 2] = [
    "The question can be read in two ways. One of them asks for facts, the other for a judgement, and \
     the wording leans towards the second. A list of facts alone would miss the point.",
    "A comparison needs some common ground. I should name what is compared, show it at a glance, and \
     only then say which reading I prefer and how sure I am of it.",
];

pub const QUICK: Prose = Prose {
    opening: ("You asked: “", "”. Here is the short version."),
    plain_opening: "Here is the short version.",
    blocks: &[
        Paragraph(
            "When people play together, nobody waits for a perfect take. They start on the same beat, \
             listen while they play, and their differences become part of the music. 🎺",
        ),
        Markdown(
            "### In three bars\n\n\
             - **Start together:** one prompt, every model, the same moment.\n\
             - **Listen across:** read the answers beside each other, not one after the other.\n\
             - **Keep the best phrase**, and ask again from there.",
        ),
        Paragraph(
            "Speed is only one voice among others. A quick answer is good for a first idea, but it may \
             skip the reason behind it, so see what the slower ones add before you decide.",
        ),
        Markdown(
            "```rust\n\
             let answers = models.iter().map(|model| model.ask(prompt));\n\
             let music = join_all(answers).await;\n\
             ```",
        ),
        Paragraph("That is all from me. If the others are still writing, give them a bar or two. 🙂"),
    ],
};

pub const STEADY: Prose = Prose {
    opening: ("Your question begins “", "”, and I will take it in order."),
    plain_opening: "I will take this in order.",
    blocks: &[
        Markdown("## Playing together, answering together"),
        Paragraph(
            "An orchestra tunes to a single oboe before it plays a note. The pitch itself matters less \
             than the fact that everybody takes the same one. A fair comparison works like that: the \
             same prompt, the same moment, and the same settings wherever they exist.",
        ),
        Markdown(
            "1. Write the question as you would put it to a colleague.\n\
             2. Send it to every model at once.\n\
             3. Read for what is *missing*, not only for what is said.\n\
             4. Change one thing, and play it again.",
        ),
        Paragraph(
            "Differences are not errors. Two honest players may choose two tempos, and both can be right \
             for the room. What you want to notice is where one of them is sure and another hesitates, \
             because that is where it pays to look something up.",
        ),
        Markdown(
            "```text\n\
             oboe      A ────────\n\
             violins     A ──────\n\
             everyone      A ────\n\
             ```",
        ),
        Paragraph(
            "Take your time with the result. A steady answer is meant to be read twice, and it should \
             still hold at the second reading. ☕",
        ),
    ],
};

pub const THINKER: Prose = Prose {
    opening: ("About “", "” there is more than one good reading, so I compare them first."),
    plain_opening: "There is more than one good reading of this, so I compare them first.",
    blocks: &[
        Markdown("## Three ways to listen"),
        Paragraph(
            "Comparing answers is like hearing one song from three bands. The melody is given; what \
             tells them apart is what each of them does with the silence around it.",
        ),
        Markdown(
            "| Listening for | Ask yourself | A good sign |\n\
             |:--|:--|:--|\n\
             | Facts | Can it be checked? | A source, or a plain “I am not sure” |\n\
             | Reasoning | Does each step follow? | No step is left out |\n\
             | Tone | Would I say it like this? | It sounds like one person |",
        ),
        Paragraph(
            "I give the most weight to the middle row. A fact can be looked up and a tone can be \
             changed, but a missing step usually means that the answer was found first and explained \
             afterwards. Musicians know this as playing the right notes in the wrong piece.",
        ),
        Markdown("> If two answers agree, ask *why* they agree. If they differ, ask `what would settle it?`"),
        Paragraph(
            "So my suggestion is to keep two answers that disagree and to put the question to both of \
             them once more, each with the other's best argument. I am fairly sure of the method, and \
             less sure that there is one right answer. 🎼",
        ),
    ],
};
