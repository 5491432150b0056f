// Maxout: unit j is the largest of the adjacent linear units j pieces … j pieces + pieces - 1. Rows
// need no care, since they follow one another in x as in y.
struct Params { n: u32, pieces: u32 }

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
@group(0) @binding(0) var<storage, read> x_vec4: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y_vec2: array<vec2f>;
@group(0) @binding(1) var<storage, read> dy_vec2: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> dx_vec4: array<vec4f>;
@group(1) @binding(0) var<uniform> params: Params;

// Any number of pieces; an invocation a unit.
@compute @workgroup_size(64)
fn forward(invocation: Invocation) {
    let unit = thread_index(invocation);
    if (unit >= params.n) { return; }
    let first = unit * params.pieces;
    var best = x[first];
    for (var piece = 1u; piece < params.pieces; piece++) { best = larger(best, x[first + piece]); }
    y[unit] = best;
}

// The gradient goes to the first of the largest.
@compute @workgroup_size(64)
fn backward(invocation: Invocation) {
    let unit = thread_index(invocation);
    if (unit >= params.n) { return; }
    let first = unit * params.pieces;
    var best = x[first];
    var winner = 0u;
    for (var piece = 1u; piece < params.pieces; piece++) {
        let value = x[first + piece];
        if (value > best) { best = value; winner = piece; }
    }
    for (var piece = 0u; piece < params.pieces; piece++) {
        dx[first + piece] = select(0.0, dy[unit], piece == winner);
    }
}

// Two pieces, the usual case; an invocation two units.
@compute @workgroup_size(64)
fn forward_pairs(invocation: Invocation) {
    let i = thread_index(invocation);
    if (2u * i >= params.n) { return; }
    y_vec2[i] = larger_vec2(x_vec4[i].xz, x_vec4[i].yw);
}

@compute @workgroup_size(64)
fn backward_pairs(invocation: Invocation) {
    let i = thread_index(invocation);
    if (2u * i >= params.n) { return; }
    let second = x_vec4[i].yw > x_vec4[i].xz;
    let to_first = select(dy_vec2[i], vec2f(0.0), second);
    let to_second = select(vec2f(0.0), dy_vec2[i], second);
    dx_vec4[i] = vec4f(to_first.x, to_second.x, to_first.y, to_second.y);
}
