//! bench
use effects::*;
fn main(){
 let f=Facts{tree:"/home/ana/app".into(),home:"/home/ana".into(),..Default::default()};
 for c in ["ls -la && cat src/main.rs | grep foo","cargo test --all 2>&1 | tail -20","cd src && for f in *.rs; do sed -i 's/a/b/g' \"$f\"; done && git add -A && git commit -m 'x y'",":(){ :|:& };:"] {
  let n=if c.starts_with(':') {50} else {20000}; let t=std::time::Instant::now(); let mut k=0;
  for _ in 0..n { k+=shell::read(c,&f,Place::Boxed).len(); }
  println!("{:?} per read ({k}) {c}", t.elapsed()/n);
 }
 let long="echo x; ".repeat(9000); let t=std::time::Instant::now(); shell::read(&long,&f,Place::Boxed); println!("9000 commands {:?}",t.elapsed());
 let long=format!("cat <<E\n{}\nE","x $v y\n".repeat(100_000)); let t=std::time::Instant::now(); shell::read(&long,&f,Place::Boxed); println!("{} bytes heredoc {:?}",long.len(),t.elapsed());
}
