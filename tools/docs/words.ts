/** What is a name in TypeScript, and a word of C#, Java, Go or Python. */
export const WORDS = `
  base bool byte char checked decimal delegate double event explicit extern fixed float foreach goto implicit int internal is lock long namespace object operator out
  override params readonly ref sbyte sealed short sizeof stackalloc string struct uint ulong unchecked unsafe ushort using virtual volatile
  assert boolean final native package strictfp synchronized throws transient
  chan defer fallthrough func go map range select type
  and as def del elif except from global lambda nonlocal not or pass raise None`
  .trim()
  .split(/\s+/);
