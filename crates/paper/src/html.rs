//! A Markdown text as one HTML page: nothing is loaded, nothing runs, everything from the text is escaped.

use pulldown_cmark::html::push_html;

use crate::said::events;

/// The looks: light and dark as the reader has it, and plain on paper.
const STYLE: &str = include_str!("page.css");

/// A whole page.
pub fn to_html(markdown: &str, title: &str) -> String {
    let mut page = String::from("<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n");
    page.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.push_str("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>");
    escape(title, &mut page);
    page.push_str("</title>\n<style>\n");
    page.push_str(STYLE);
    page.push_str("</style>\n</head>\n<body>\n");
    push_html(&mut page, events(markdown));
    page.push_str("</body>\n</html>\n");
    page
}

fn escape(text: &str, page: &mut String) {
    for c in text.chars() {
        match c {
            '<' => page.push_str("&lt;"),
            '>' => page.push_str("&gt;"),
            '&' => page.push_str("&amp;"),
            c if c.is_control() => page.push(' '),
            c => page.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::to_html;

    #[test]
    fn nothing_of_the_text_runs_or_is_loaded() {
        let hostile = "# <script>a()</script>\n\n<img src=x onerror=b()>\n\n[c](javascript:d()) ![e](http://x.example/p.png \"t\")\n\n```mermaid\ngraph\n```\n\nand <style>*{}</style> [f](https://ok.example/?a=\"b)\n";
        let page = to_html(hostile, "</title><script>");
        for bad in ["<script", "<img", "<iframe", "javascript:d()\"", "src=\"", "<style>*"] {
            assert!(!page.contains(bad), "{bad}\n{page}");
        }
        assert!(page.contains("&lt;script&gt;") && page.contains("http://x.example/p.png"), "it is shown as it is written: {page}");
        assert!(page.contains("<a href=\"https://ok.example/?a=%22b\">"), "{page}");
    }

    #[test]
    fn text_of_all_languages_tables_and_boxes_are_there() {
        let page = to_html("| 要件 | Ω |\n|---|---|\n| متطلبات | ж |\n\n- [x] ✓ done\n", "t");
        for wanted in ["<th>要件</th>", "<td>متطلبات</td>", "type=\"checkbox\"", "checked"] {
            assert!(page.contains(wanted), "{wanted}\n{page}");
        }
    }
}
