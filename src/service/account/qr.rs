//! Text as a picture that a telephone reads.

use std::fmt::Write as _;

use qrcode::{Color, QrCode};

use crate::error::{Error, Result};

/// The bright edge that readers need.
const EDGE: usize = 4;

/// A QR code as SVG, dark on bright whatever the page's colours, without a style of its own.
///
/// # Errors
/// When the text is too long.
pub(super) fn svg(text: &str) -> Result<String> {
    let code = QrCode::new(text)
        .map_err(|error| Error::internal("a text fits into no picture").caused_by(error))?;
    let width = code.width();
    let colors = code.to_colors();
    let mut path = String::new();
    for (y, row) in colors.chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run.first() == Some(&Color::Dark) {
                let (left, top, length) = (x + EDGE, y + EDGE, run.len());
                // Writing to a text cannot fail.
                let _ = write!(path, "M{left} {top}h{length}v1h-{length}z");
            }
            x += run.len();
        }
    }
    let side = width + 2 * EDGE;
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"qr\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\" aria-hidden=\"true\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}h-{side}z\"/><path fill=\"#000\" d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_shows_every_module_once() {
        let text = "otpauth://totp/Acme:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        let svg = svg(text).unwrap();
        let code = QrCode::new(text).unwrap();
        let dark = code
            .to_colors()
            .iter()
            .filter(|c| **c == Color::Dark)
            .count();
        let path = svg.rsplit("d=\"").next().unwrap();
        let drawn: usize = path
            .split('h')
            .skip(1)
            .filter_map(|part| part.split('v').next()?.parse::<usize>().ok())
            .sum();
        assert_eq!(drawn, dark);
        // The corner that every reader looks for.
        assert!(path.starts_with("M4 4h7v1h-7z"), "{path}");
        assert!(!svg.contains("style") && !svg.contains("script"));
    }

    #[test]
    fn the_longest_names_fit() {
        let long = "語".repeat(1_000);
        let uri = crate::auth::totp::uri(&[7; 20], &long, &long);
        assert!(svg(&uri).is_ok());
        let wide = "\u{1f469}".repeat(1_000);
        assert!(svg(&crate::auth::totp::uri(&[7; 20], &wide, &wide)).is_ok());
    }
}
