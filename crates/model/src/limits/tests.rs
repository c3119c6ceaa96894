use super::*;

#[test]
fn windows_by_name() {
    for (name, window) in [
        ("claude-opus-5-5", 1_000_000),
        ("claude-opus-4-6", 1_000_000),
        ("claude-sonnet-5", 1_000_000),
        ("claude-sonnet-4-5-20250929", 200_000),
        ("claude-haiku-4-5", 200_000),
        ("anthropic/claude-opus-4.6", 1_000_000),
        ("gpt-6.1-sol", 1_050_000),
        ("gpt-5.5-2026-04-23", 1_050_000),
        ("gpt-5", 400_000),
        ("gpt-4.1-mini", 1_047_576),
        ("gpt-4o", 128_000),
        ("o3-mini", 200_000),
        ("something-new", 128_000),
    ] {
        assert_eq!(context_of(name), window, "{name}");
    }
}

#[test]
fn who_thinks_adaptively() {
    for (name, yes) in [
        ("claude-opus-5-5", true),
        ("claude-sonnet-4-6", true),
        ("claude-fable-5", true),
        ("claude-haiku-4-5-20251001", false),
        ("claude-mythos-preview", false),
        ("scripted", false),
    ] {
        assert_eq!(thinks_adaptively(name), yes, "{name}");
    }
}

#[test]
fn who_reasons() {
    assert!(reasons("gpt-6.1-sol") && reasons("o3") && reasons("gpt-5"));
    assert!(!reasons("gpt-4o") && !reasons("gpt-4.1") && !reasons("gpt-5-chat-latest"));
}

#[test]
fn a_prompt_that_does_not_fit_is_recognised() {
    for said in [
        "prompt is too long: 250000 tokens > 200000 maximum",
        "This model's maximum context length is 128000 tokens",
        "the request exceeds the available context size, try increasing it",
    ] {
        assert!(says_too_long(said), "{said}");
    }
    assert!(!says_too_long("messages.0.content: field required"));
    assert!(is_hopeless("You exceeded your current quota, please check your plan"));
    assert!(!is_hopeless("Rate limit reached for requests per min"));
}

#[test]
fn which_models_take_pdf_documents_is_known_by_name() {
    for name in ["claude-3-5-haiku-20241022", "claude-opus-5-5", "anthropic/claude-opus-4.6", "gpt-4o", "gpt-4.1", "openai/gpt-6.1-sol", "o3"] {
        assert!(takes(name, Medium::Pdfs), "{name}");
    }
    for name in ["claude-3-haiku-20240307", "claude-2.1", "gpt-4", "gpt-4o-mini", "gpt-oss-120b", "o3-mini", "local", ""] {
        assert!(!takes(name, Medium::Pdfs), "{name}");
    }
}

#[test]
fn which_models_take_images_is_known_by_name() {
    for name in ["claude-3-haiku-20240307", "claude-opus-5-5", "anthropic/claude-opus-4.6", "gpt-4o-2024-11-20", "gpt-4.1", "gpt-5", "openai/gpt-6.1-sol", "o1", "o3-2025-04-16", "o4-mini"] {
        assert!(sees(name), "{name}");
    }
    for name in ["claude-2.1", "claude-instant-1.2", "gpt-4", "gpt-3.5-turbo", "gpt-4o-mini", "gpt-4o-audio-preview", "gpt-oss-120b", "o1-mini", "o3-mini", "llama4", "local", ""] {
        assert!(!sees(name), "{name}");
    }
}
