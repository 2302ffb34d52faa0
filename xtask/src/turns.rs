//! How many browsers run at once, of whichever engines: journeys ask here for their turn, and the first who asks is
//! the first who gets one. So no engine is left to walk alone at the end, and no processor idle.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::{sync::mpsc, thread};

/// One more than there are processors, since journeys wait too. More than a few want more memory than most machines
/// have.
pub fn at_once() -> usize {
    thread::available_parallelism().map_or(2, std::num::NonZero::get).clamp(1, 5) + 1
}

/// Gives so many turns at once, as long as this program runs. Whoever asks connects, has its turn when it can read a
/// byte, and has had it when the connection ends, which it does however that program ends.
pub fn give(many: usize) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let (over, free) = mpsc::channel();
    for _ in 0..many {
        let _ = over.send(());
    }
    thread::spawn(move || {
        for mut asking in listener.incoming().flatten() {
            let _ = free.recv();
            let over = over.clone();
            thread::spawn(move || {
                // It never says a thing.
                let _ = asking.write_all(b"!").and_then(|()| asking.read(&mut [0]));
                let _ = over.send(());
            });
        }
    });
    Ok(address)
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn who_asks_first_is_first_and_the_next_when_that_is_over() {
        let address = give(2).unwrap();
        let ask = || TcpStream::connect(address).unwrap();
        let [mut one, mut two, mut three, mut four] = [(); 4].map(|()| ask());
        let has_turn = |asked: &mut TcpStream| asked.read(&mut [0]).unwrap() == 1;
        let waits = |asked: &mut TcpStream| {
            asked.set_nonblocking(true).unwrap();
            let read = asked.read(&mut [0]);
            asked.set_nonblocking(false).unwrap();
            read.is_err()
        };
        assert!(has_turn(&mut two) && has_turn(&mut one) && waits(&mut three));
        drop(two);
        assert!(has_turn(&mut three) && waits(&mut four));
        drop((one, three));
        assert!(has_turn(&mut four));
    }
}
