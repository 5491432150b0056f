// What kernels that treat every element alike share: four at a time, since buffers are padded to
// vec4. A kernel of two operands writes `result`, one of one operand `unary_result`.
struct Params { n: u32, factor: f32 }

@group(0) @binding(0) var<storage, read> a: array<vec4f>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> unary_result: array<vec4f>;
@group(0) @binding(0) var<storage, read_write> filled: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> result: array<vec4f>;
@group(1) @binding(0) var<uniform> params: Params;
