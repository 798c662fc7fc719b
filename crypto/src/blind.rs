//! Blind BBS.
