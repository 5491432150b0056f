// Warps bytes to floats: a thread looks up one pixel of one view of one example.
struct Params { b: u32, v: u32, size: u32, h: u32, w: u32, red: f32, green: f32, blue: f32 }

@group(0) @binding(0) var<storage, read> images: array<u32>; // [b, h, w, 3] bytes, four to a word
@group(0) @binding(1) var<storage, read> matrices: array<f32>; // [b, v, 6]
@group(0) @binding(2) var<storage, read> alphas: array<f32>; // [b]
@group(0) @binding(3) var<storage, read_write> result: array<f32>; // [b, v, size, size, 3]
@group(1) @binding(0) var<uniform> params: Params;

// Folds a position into 0 .. extent - 1 as if mirrors stood on the outermost pixels. Interpolation
// is linear between pixels, so folding the position equals folding the two pixels around it, and
// the two stay neighbours in memory.
fn reflect_position(position: f32, extent: u32) -> f32 {
    let last = f32(extent - 1u);
    let period = 2.0 * last;
    if (period == 0.0) { return 0.0; }
    let along = abs(position) - period * floor(abs(position) / period);
    return clamp(min(along, period - along), 0.0, last);
}

// Two neighbouring pixels of a row, mixed: six bytes that may start anywhere in a word.
fn mixed_pixels(first_byte: u32, fraction: f32) -> vec3f {
    let at = first_byte / 4u;
    let shift = 8u * (first_byte % 4u);
    let word_0 = images[at];
    let word_1 = images[at + 1u];
    var low = word_0; // bytes 0 to 3 of the six
    var high = word_1; // bytes 4 and 5
    if (shift > 0u) {
        low = (word_0 >> shift) | (word_1 << (32u - shift));
        high = word_1 >> shift;
        // The sixth byte lies in a third word only when the first is the last of its word.
        if (shift == 24u) { high |= images[at + 2u] << 8u; }
    }
    let left = vec3f(vec3u(low, low >> 8u, low >> 16u) & vec3u(255u));
    let right = vec3f(vec3u(low >> 24u, high & 255u, (high >> 8u) & 255u));
    return left + fraction * (right - left);
}

@compute @workgroup_size(64)
fn augment(invocation: Invocation) {
    let i = thread_index(invocation);
    let view = i / (params.size * params.size); // of all views of all examples
    let example = view / params.v;
    if (example >= params.b) { return; }
    let column = f32(i % params.size);
    let row = f32((i / params.size) % params.size);

    let m = 6u * view;
    let x = matrices[m] * column + matrices[m + 1u] * row + matrices[m + 2u];
    let y = matrices[m + 3u] * column + matrices[m + 4u] * row + matrices[m + 5u];
    let inside = vec2f(reflect_position(x, params.w), reflect_position(y, params.h));

    // The last pixel of a row is the right one of its pair, with all the weight.
    let x0 = min(u32(inside.x), max(params.w, 2u) - 2u);
    let y0 = min(u32(inside.y), max(params.h, 2u) - 2u);
    let y1 = min(y0 + 1u, params.h - 1u);
    let fraction = inside - vec2f(f32(x0), f32(y0));
    let first_row = example * params.h;
    let upper = mixed_pixels(3u * ((first_row + y0) * params.w + x0), fraction.x);
    let lower = mixed_pixels(3u * ((first_row + y1) * params.w + x0), fraction.x);
    let pixel = (upper + fraction.y * (lower - upper)) / 255.0;

    let colour = alphas[example] * vec3f(params.red, params.green, params.blue);
    let jittered = clamp(pixel + colour, vec3f(0.0), vec3f(1.0));
    result[3u * i] = jittered.x;
    result[3u * i + 1u] = jittered.y;
    result[3u * i + 2u] = jittered.z;
}
