//! What other coding agents took for the same session, so that a reader has something to compare with.

/// Their figures for 100 calls: measured on 2026-11-23, 2 cores, Linux 6.18, headless, against a scripted model server on
/// loopback, network cut off, ordinary user, fresh repository. Not measured again here; a ratio is honest only on a
/// like machine. Columns as above.
pub(crate) const ROWS: &str = "\
others, 100 calls, measured once on 2 cores (docs/bench.md); not in this run
goose 1.52, no box             100    0.69    0.62   124       –    5.0 /   7.2         8           199       6.1     1
codex 0.169, no box            100    5.12    2.86   154       –   46.2 /  55.4        62           141      39.8   100
codex 0.169, boxed             100    7.69    5.45   176       –   73.5 /  84.9        83           194      40.5   100
claude-code 2.1.330, no box    100    3.05    3.68   583       –   24.1 /  39.2        63           358      51.0     1
claude-code 2.1.330, boxed     100   10.42   11.89   343       –   93.3 / 113.5       139           575      59.4     1
gemini-cli 0.61, no box        100    3.66    4.34   545       –   18.7 /  31.4        66          1425      49.7     2
gemini-cli 0.61, boxed         100    5.40    6.15   559       –   37.9 /  60.4       121          1377      50.3     2
qwen-code 0.24, boxed          100    8.15    9.42   349       –   61.8 /  72.7       104          1517      64.4     1
opencode 1.18, no box          100   15.08   19.21  1609       –  116.9 / 162.7       203          2584      31.2     1
mini-swe-agent 2.4.6, boxed    100    6.79    6.70   239       –   27.7 /  39.9        33          2838       3.9     1
a bare client in a loop        100    0.22    0.19    20       –    1.3 /   1.5         2            48       0.4     1";
