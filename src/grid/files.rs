//! What of a file is sent, and how much: so much that no provider refuses it, and every model sees the same.
//!
//! A picture is stored, shown and sent in one form. Made for each provider anew, no two models would be asked the
//! same; and 2,048 pixels are as many as any of them looks at: OpenAI fits pictures into 2,048 square ("Images
//! and vision"), Anthropic into 1,568 ("Vision"), Google cuts tiles of 768 ("Image understanding"). A megabyte
//! of it, three times, fits into the smallest request that is taken, Groq's of 4 MB ("Images and Vision"). PNG
//! and JPEG are what all of them read, llama.cpp too.

use super::comparison::round::{FileInfo, FileKind};

/// The longest side of a picture, in pixels.
pub const MOST_PIXELS: u32 = 2048;
/// A picture as it is sent, in bytes before base64.
pub const MOST_PICTURE: usize = 1 << 20;
/// A text, in bytes: a quarter of a million tokens.
pub const MOST_TEXT: usize = 1 << 20;
/// All files of a comparison, in bytes as they are stored: so that it can be exported whole, and added again,
/// which takes 64 MB.
pub const MOST_OF_ALL: usize = 40 << 20;

/// Why a file cannot come along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadFile {
    /// Neither a picture nor a text.
    Binary,
    /// More text than [`MOST_TEXT`].
    TooLong,
    /// A picture in a format that the browser does not know, or a damaged one.
    Picture,
    /// More than [`MOST_OF_ALL`].
    NoRoom,
}

/// By what the browser takes it for. A drawing in SVG is text: no provider reads it as a picture.
pub fn kind(media_type: &str) -> FileKind {
    let is_picture = media_type.starts_with("image/") && !media_type.starts_with("image/svg");
    if is_picture { FileKind::Image } else { FileKind::Text }
}

/// The size in which a picture is sent; never more than it has.
pub fn scaled(width: u32, height: u32) -> (u32, u32) {
    let longest = width.max(height);
    if longest <= MOST_PIXELS {
        return (width.max(1), height.max(1));
    }
    let side = |side: u32| {
        let scaled = u64::from(side) * u64::from(MOST_PIXELS) / u64::from(longest);
        u32::try_from(scaled).unwrap_or(MOST_PIXELS).max(1)
    };
    (side(width), side(height))
}

/// The text of a file, without the mark that some programs put before it.
///
/// # Errors
/// It is none in UTF-8, or too long.
pub fn text(bytes: Vec<u8>) -> Result<String, BadFile> {
    if bytes.len() > MOST_TEXT {
        return Err(BadFile::TooLong);
    }
    // Every tool that looks takes a file with a zero in it for binary.
    let text = String::from_utf8(bytes).ok().filter(|text| !text.contains('\0')).ok_or(BadFile::Binary)?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

impl FileInfo {
    /// A picture of that size. Anthropic counts a token for 750 pixels ("Vision"), and at most about 1,600;
    /// others count fewer.
    pub fn picture(
        name: impl Into<String>,
        media_type: impl Into<String>,
        (width, height): (u32, u32),
    ) -> Self {
        let tokens = (u64::from(width) * u64::from(height) / 750).min(1600);
        Self { tokens, ..Self::image(name, media_type) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_become_smaller_and_never_larger() {
        assert_eq!(scaled(640, 480), (640, 480));
        assert_eq!(scaled(2048, 1), (2048, 1));
        assert_eq!(scaled(4096, 2048), (2048, 1024));
        assert_eq!(scaled(3000, 4000), (1536, 2048));
        assert_eq!(scaled(100_000, 3), (2048, 1));
        assert_eq!(scaled(u32::MAX, u32::MAX), (2048, 2048));
        assert_eq!(scaled(0, 0), (1, 1));
    }

    #[test]
    fn only_text_is_text() {
        let of = |bytes: &[u8]| text(bytes.to_vec());
        assert_eq!(of("가나다\n".as_bytes()).unwrap(), "가나다\n");
        assert_eq!(of(b"\xef\xbb\xbfname,age").unwrap(), "name,age");
        assert_eq!(of(b"").unwrap(), "");
        for binary in
            [&b"\x89PNG\r\n"[..], b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", b"a\0b", b"\xff\xfea\0", b"\xc0\xaf"]
        {
            assert_eq!(of(binary), Err(BadFile::Binary), "{binary:?}");
        }
        assert!(text(vec![b'a'; MOST_TEXT]).is_ok());
        assert_eq!(text(vec![b'a'; MOST_TEXT + 1]), Err(BadFile::TooLong));
    }

    #[test]
    fn drawings_in_svg_are_text() {
        let pictures = ["image/png", "image/jpeg", "image/webp", "image/heic"];
        assert!(pictures.iter().all(|it| kind(it) == FileKind::Image));
        assert!(
            ["image/svg+xml", "text/csv", "", "application/pdf"].iter().all(|it| kind(it) == FileKind::Text)
        );
    }

    #[test]
    fn a_picture_is_about_as_many_tokens_as_its_pixels() {
        let tokens = |width, height| FileInfo::picture("a", "image/png", (width, height)).tokens;
        assert_eq!([tokens(750, 100), tokens(2048, 2048), tokens(1, 1)], [100, 1600, 0]);
    }
}
