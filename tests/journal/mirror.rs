//! A tab that shows what another one writes shows what is on the disk.

use super::{common::Random, world::*};
use tutti::grid::{
    mirror::{Mirror, News},
    record::{Act, Whole},
};

fn read(disk: &Disk) -> (Mirror, Whole) {
    Mirror::of(disk.0.clone().into_iter().collect()).expect("records")
}

#[test]
fn what_was_heard_comes_to_what_is_stored() {
    let (mut grown, mut gaps) = (0, 0);
    for seed in 0..100 {
        let mut random = Random(!seed);
        let mut world = World::new(USUAL, seed);
        let begin = 1 + random.next() % 4000;
        while world.now < begin || world.disk.0.is_empty() {
            world.step();
        }
        // What was written just before it was read may be heard too.
        let mut heard = world.told.len().saturating_sub(random.below(3));
        let (mut mirror, mut whole) = read(&world.disk);
        let end = world.now + 1 + random.next() % 3000;
        while world.now < end {
            world.step();
            for batch in &world.told[heard..] {
                match mirror.take(&mut whole, batch.acts.clone()) {
                    News::Gap => {
                        gaps += 1;
                        (mirror, whole) = read(&world.disk);
                    }
                    news => grown += usize::from(news > News::Nothing),
                }
            }
            heard = world.told.len();
        }
        assert!((&mirror, &whole) == (&read(&world.disk).0, &read(&world.disk).1), "seed {seed}");
    }
    // Otherwise nothing was shown: most of what is heard fits.
    assert!(grown > 1000 && gaps < 40, "{grown} changes, {gaps} gaps");
}

#[test]
fn a_piece_that_is_missing_is_noticed() {
    let mut world = World::new(Life { panels: 1, rounds: 1, ..USUAL }, 7);
    let is_piece = |act: &Act| matches!(act, Act::Put(tutti::grid::record::Key::Segment(..), _));
    let mut pieces = Vec::new();
    while pieces.len() < 3 {
        world.step();
        let all = world.told.iter().skip(1).flat_map(|batch| &batch.acts);
        pieces = all.filter(|act| is_piece(act)).cloned().collect();
    }
    let mut before = Disk::default();
    before.apply(&world.told[0]);
    let (mut mirror, mut whole) = read(&before);
    let mut take = |at: usize| mirror.take(&mut whole, vec![pieces[at].clone()]);
    assert_eq!(take(1), News::Gap);
    assert_eq!((take(0), take(0)), (News::Texts, News::Nothing));
    assert_eq!((take(2), take(1)), (News::Gap, News::Texts));
    assert_eq!(mirror.take(&mut whole, vec![Act::Remove(ID)]), News::Gone);
}
