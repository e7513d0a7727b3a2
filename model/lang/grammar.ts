/**
 * The grammar of the operation language, as text for peggy.
 *
 * It stands in a TypeScript file because `tsc` copies no other files to
 * `dist/`. Actions build the nodes of `tree.ts`, nothing else.
 */
export const GRAMMAR = String.raw`
{{
  const leftToRight = (head, tail) =>
    tail.reduce((a, [, op, , b]) => ({ kind: 'binary', op, a, b, start: a.start, end: b.end }), head);
}}
{
  const node = (fields) => {
    const { start, end } = range();
    return { ...fields, start, end };
  };
}

Operation = _ a:Expression _ { return a; }

Expression = Conditional / LogicalOr
Conditional = If _ condition:Expression _ Then _ a:Expression _ Else _ b:Expression
  { return node({ kind: 'conditional', condition, then: a, else: b }); }

LogicalOr = head:LogicalAnd tail:(_ "||" _ LogicalAnd)* { return leftToRight(head, tail); }
LogicalAnd = head:Or tail:(_ "&&" _ Or)* { return leftToRight(head, tail); }
Or = head:Xor tail:(_ $("|" !"|") _ Xor)* { return leftToRight(head, tail); }
Xor = head:And tail:(_ "^" _ And)* { return leftToRight(head, tail); }
And = head:Comparison tail:(_ $("&" !"&") _ Comparison)* { return leftToRight(head, tail); }
Comparison = head:Shift tail:(_ Compare _ Shift)* { return leftToRight(head, tail); }
Shift = head:Sum tail:(_ ShiftOperator _ Sum)* { return leftToRight(head, tail); }
Sum = head:Product tail:(_ ("+" / "-") _ Product)* { return leftToRight(head, tail); }
Product = head:Unary tail:(_ Multiply _ Unary)* { return leftToRight(head, tail); }

Compare = "==" / "!=" / @$([<>] "="? [us]) !Letter
ShiftOperator = "<<" / @$(">>" [us]) !Letter
Multiply = "*" / @$([/%] [us]) !Letter

Unary = op:$("~" / "-" / "!" !"=") _ a:Unary { return node({ kind: 'unary', op, a }); } / Postfix
Postfix = head:Primary tail:(_ "[" _ @Bounds _ "]" @End)*
  { return tail.reduce((a, [bounds, end]) => ({ kind: 'slice', a, ...bounds, start: head.start, end }), head); }
Bounds = high:Count low:(_ ":" _ @Count)? { return { high, low: low ?? high }; }
End = "" { return offset(); }

Primary = Number / Register / Extension / Call / Name / Concatenation / Parentheses
Number "a number" = value:Integer width:(":" @Count)? !Letter { return node(width === null ? { kind: 'number', value } : { kind: 'number', value, width }); }
Register = "X" _ "[" _ operand:Identifier _ "]" { return node({ kind: 'register', operand }); }
Extension = word:$("sext" / "zext") !Letter _ width:("<" _ @Count _ ">" _)? "(" _ a:Expression _ ")"
  { return node(width === null ? { kind: 'extend', signed: word === 'sext', a } : { kind: 'extend', signed: word === 'sext', width, a }); }
Call = name:Identifier _ "(" _ list:List? _ ")" { return node({ kind: 'call', name, arguments: list ?? [] }); }
Name "a name" = name:$(Identifier ("." Word)*) { return node({ kind: 'name', name }); }
Concatenation = "{" _ parts:List _ "}" { return node({ kind: 'concat', parts }); }
Parentheses = "(" _ a:Expression _ ")" { return node(a); }

List = head:Expression tail:(_ "," _ @Expression)* { return [head, ...tail]; }

Integer = $("0x" [0-9a-fA-F]+ / "0b" [01]+ / [0-9]+) { return BigInt(text()); }
Count = $[0-9]+ { return Number(text()); }
Identifier = !((If / Then / Else / "sext" / "zext") !Letter) @$([A-Za-z_] Letter*)
Word = $Letter+
If = "if" !Letter
Then = "then" !Letter
Else = "else" !Letter
Letter = [A-Za-z0-9_]
_ "space" = [ \t\r\n]*
`;
