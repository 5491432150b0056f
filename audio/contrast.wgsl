// Gaussian blur along one axis, and the two steps of local contrast normalisation that follow one.
// A thread makes four neighbours along the axis: each value it loads serves all four, and so does
// each row of the weight table. `left` is the image to blur. `right` is the table, whose row j has the
// weights of the value at `first + j - radius` in outputs first to first + 3.
struct Params {
    outer: u32,   // rows before the axis
    extent: u32,  // elements of the axis
    inner: u32,   // elements from one element of the axis to the next
    taps: u32,    // rows of the weight table: 2 radius + 4
    squared: u32, // 1: blur the squares
    epsilon: f32,
}

@group(0) @binding(2) var<storage, read_write> blurred: array<f32>;
@group(0) @binding(2) var<storage, read> image: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

// Where four outputs lie: the place of element 0 of their line, and of the first of them on it.
struct Four { line: u32, first: u32, is_inside: bool }

fn four_of(i: u32) -> Four {
    let tiles = (params.extent + 3u) / 4u;
    let row = i / params.inner;
    let line = row / tiles * params.extent * params.inner + i % params.inner;
    return Four(line, row % tiles * 4u, row < params.outer * tiles);
}

// Half-sample reflection (d c b a | a b c d | d c b a), as often as it takes.
fn reflected(place: i32) -> u32 {
    let extent = i32(params.extent);
    var at = place;
    while (at < 0 || at >= extent) { at = select(2 * extent - 1 - at, -1 - at, at < 0); }
    return u32(at);
}

fn blur_of(four: Four) -> vec4f {
    let start = i32(four.first) - i32(params.taps / 2u - 2u);
    var sum = vec4f();
    for (var j = 0u; j < params.taps; j++) {
        let value = left_scalar(four.line + reflected(start + i32(j)) * params.inner);
        sum = fma(vec4f(select(value, value * value, params.squared == 1u)), right_vec4(j), sum);
    }
    return sum;
}

fn is_output(four: Four, i: u32) -> bool {
    return four.first + i < params.extent;
}

fn place_of(four: Four, i: u32) -> u32 {
    return four.line + (four.first + i) * params.inner;
}

@compute @workgroup_size(64)
fn blur(invocation: Invocation) {
    let four = four_of(thread_index(invocation));
    if (!four.is_inside) { return; }
    let sum = blur_of(four);
    blurred[place_of(four, 0u)] = sum.x;
    if (is_output(four, 1u)) { blurred[place_of(four, 1u)] = sum.y; }
    if (is_output(four, 2u)) { blurred[place_of(four, 2u)] = sum.z; }
    if (is_output(four, 3u)) { blurred[place_of(four, 3u)] = sum.w; }
}

fn combine(place: u32, blur: f32, divides: bool) {
    let value = image[place];
    // Where an image is flat both are 0, with an epsilon of 0 too.
    let deviation = sqrt(max(blur + params.epsilon, 1e-37));
    result[place] = select(value - blur, value / deviation, divides);
}

fn combine_with_blur(i: u32, divides: bool) {
    let four = four_of(i);
    if (!four.is_inside) { return; }
    let sum = blur_of(four);
    combine(place_of(four, 0u), sum.x, divides);
    if (is_output(four, 1u)) { combine(place_of(four, 1u), sum.y, divides); }
    if (is_output(four, 2u)) { combine(place_of(four, 2u), sum.z, divides); }
    if (is_output(four, 3u)) { combine(place_of(four, 3u), sum.w, divides); }
}

// image - blur: what is left of the image without its local mean.
@compute @workgroup_size(64)
fn subtract_blur(invocation: Invocation) {
    combine_with_blur(thread_index(invocation), false);
}

// image / sqrt(blur + epsilon).
@compute @workgroup_size(64)
fn divide_by_blur(invocation: Invocation) {
    combine_with_blur(thread_index(invocation), true);
}
