// Differences of coefficients along time.
struct Params {
    rows: u32,   // frames of all clips
    t: u32,      // frames a clip
    c: u32,      // coefficients
    orders: u32, // differences to add, 0 to 2
    reach: u32,  // frames on either side of one
    slope: f32,     // 1 / sum of k²
    square: f32,    // mean of k²
    curvature: f32, // 2 / sum of (k² - mean of k²)²
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> result: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

// A coefficient of a frame and its differences a thread. They are slope and curvature of the line and
// the parabola fitted to the frames around; near an end, to the first or last frames of that number,
// whose fit has the same slope, or curvature, everywhere.
@compute @workgroup_size(64)
fn differences(invocation: Invocation) {
    let at = thread_index(invocation);
    let row = at / params.c;
    if (row >= params.rows) { return; }
    let coefficient = at % params.c;
    let place = row * params.c * (1u + params.orders) + coefficient;
    result[place] = x[at];
    if (params.orders == 0u) { return; }
    let frame = row % params.t;
    let centre = clamp(frame, params.reach, params.t - 1u - params.reach);
    let middle = (row - frame + centre) * params.c + coefficient;
    let value = x[middle];
    var slope = 0.0;
    var bend = -params.square * value;
    for (var k = 1u; k <= params.reach; k++) {
        let after = x[middle + k * params.c];
        let before = x[middle - k * params.c];
        let weight = f32(k);
        slope += weight * (after - before);
        bend += (weight * weight - params.square) * (after + before);
    }
    result[place + params.c] = params.slope * slope;
    if (params.orders == 2u) { result[place + 2u * params.c] = params.curvature * bend; }
}
