// Corner parts of square views, turned so that the image's outer corner is top left. v[r][c] is row
// r, column c of a view, mirrored where `flip`.
struct Params { b: u32, v: u32, s: u32, c: u32, part: u32, flips: u32 }

@group(0) @binding(0) var<storage, read> x: array<f32>; // [b, v, s, s, c]
@group(0) @binding(1) var<storage, read_write> y: array<f32>; // [parts b, part, part, c]
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read_write> dx: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

// Row (x) and column (y) in the view of pixel (a, b) of a corner's part.
fn in_view(corner: u32, a: u32, b: u32) -> vec2u {
    let last = params.s - 1u;
    switch corner {
        case 0u: { return vec2u(a, b); }
        case 1u: { return vec2u(b, last - a); }
        case 2u: { return vec2u(last - a, last - b); }
        default: { return vec2u(last - b, a); }
    }
}

// The pixel of a corner's part that shows (row, column) of the view; it may lie outside the part.
fn in_part(corner: u32, row: u32, column: u32) -> vec2u {
    let last = params.s - 1u;
    switch corner {
        case 0u: { return vec2u(row, column); }
        case 1u: { return vec2u(last - column, row); }
        case 2u: { return vec2u(last - row, last - column); }
        default: { return vec2u(column, last - row); }
    }
}

// An invocation a pixel of the output.
@compute @workgroup_size(64)
fn forward(invocation: Invocation) {
    let pixel = thread_index(invocation);
    if (pixel >= 4u * params.flips * params.v * params.b * params.part * params.part) { return; }
    let line = pixel / params.part;
    let image = line / params.part; // part index * b + example
    let part_index = image / params.b;
    let example = image - part_index * params.b;
    let orientation = part_index / 4u; // view * flips + flip
    let view = orientation / params.flips;
    var at = in_view(part_index % 4u, line - image * params.part, pixel - line * params.part);
    if (orientation % params.flips == 1u) { at.y = params.s - 1u - at.y; }
    let source = (((example * params.v + view) * params.s + at.x) * params.s + at.y) * params.c;
    for (var channel = 0u; channel < params.c; channel++) {
        y[pixel * params.c + channel] = x[source + channel];
    }
}

// An invocation an element of the input: it adds up the parts that show it, in their order.
@compute @workgroup_size(64)
fn backward(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i >= params.b * params.v * params.s * params.s * params.c) { return; }
    let pixel = i / params.c;
    let channel = i - pixel * params.c;
    let line = pixel / params.s;
    let image = line / params.s;
    let example = image / params.v;
    let view = image - example * params.v;
    let row = line - image * params.s;
    var gradient = 0.0;
    for (var flip = 0u; flip < params.flips; flip++) {
        let column = pixel - line * params.s;
        let seen = select(column, params.s - 1u - column, flip == 1u);
        for (var corner = 0u; corner < 4u; corner++) {
            let at = in_part(corner, row, seen);
            if (at.x < params.part && at.y < params.part) {
                let part_index = (view * params.flips + flip) * 4u + corner;
                let source = (part_index * params.b + example) * params.part + at.x;
                gradient += dy[(source * params.part + at.y) * params.c + channel];
            }
        }
    }
    dx[i] = gradient;
}
