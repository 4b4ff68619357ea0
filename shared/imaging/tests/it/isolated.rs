//! What a child says comes through to its parent, and a child that dies or babbles does no harm.

use std::io::ErrorKind;

use berkas_imaging::isolated::{Answer, Request, read_answer, serve, write_request};
use berkas_imaging::{ImageError, Limits, Raster};

use crate::draw::{self, Page};
use crate::files;

fn page() -> Raster {
    draw::writing(Page { width: 124, height: 176, letter: 10.0, ..Page::default() })
}

fn said(request: Request, file: &[u8]) -> Vec<u8> {
    let limits = Limits::default();
    let (mut asked, mut said) = (Vec::new(), Vec::new());
    write_request(&mut asked, request, file, &limits).expect("memory can be written");
    serve(&mut asked.as_slice(), &mut said).expect("a sound request");
    said
}

fn answer(request: Request, file: &[u8]) -> Answer {
    read_answer(&mut said(request, file).as_slice(), &Limits::default()).expect("a sound answer")
}

#[test]
fn pages_and_their_number_come_through() {
    let file = files::tiff(&[page(), draw::quarter_turned(&page(), 1)]);
    assert_eq!(answer(Request::Count, &file), Answer::Count(2));
    match answer(Request::Page(1), &file) {
        Answer::Page(decoded) => assert_eq!(decoded.pixels, draw::quarter_turned(&page(), 1).pixels),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_error_keeps_its_code() {
    assert_eq!(answer(Request::Page(7), &files::png(&page())), Answer::Refused(ImageError::NoSuchPage));
    assert_eq!(answer(Request::Count, b"nothing"), Answer::Refused(ImageError::UnsupportedType));
}

#[test]
fn a_child_that_dies_half_way_is_noticed() {
    let said = said(Request::Page(0), &files::png(&page()));
    let error = read_answer(&mut &said[..said.len() / 2], &Limits::default()).expect_err("half an answer");
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
}

#[test]
fn a_page_beyond_the_limits_is_not_believed() {
    let said = said(Request::Page(0), &files::png(&page()));
    let limits = Limits { max_pixels: 100, ..Limits::default() };
    let error = read_answer(&mut said.as_slice(), &limits).expect_err("too large");
    assert_eq!(error.kind(), ErrorKind::InvalidData);
}
