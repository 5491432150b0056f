// Pooling over windows of [b, h, w, c], clipped at the border. An invocation makes one output, or
// the gradient of one input, or four of them along the channels. `left` is x; `right` is y, which only
// the gradients read.
struct Params { n: u32, h: u32, w: u32, c: u32, oh: u32, ow: u32 }

const MAX = 0u;
const MEAN = 1u;
override kind: u32 = 0u; // MAX, MEAN, or else the root of the mean square
override window_rows: u32 = 2u;
override window_columns: u32 = 2u;
override stride_rows: u32 = 2u;
override stride_columns: u32 = 2u;
const EPSILON = 1e-8; // under the root, so that the gradient at zero is finite

@group(0) @binding(1) var<storage, read_write> pooled: array<f32>;
@group(0) @binding(1) var<storage, read_write> pooled_vec4: array<vec4f>;

@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;
@group(0) @binding(2) var<storage, read> dy_vec4: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dx_vec4: array<vec4f>;
@group(1) @binding(0) var<uniform> params: Params;

// Where an invocation works in [b, rows, columns, depth].
struct Place { image: u32, row: u32, column: u32, channel: u32 }

fn place_of(index: u32, rows: u32, columns: u32, depth: u32) -> Place {
    let pixel = index / depth;
    let line = pixel / columns;
    let image = line / rows;
    return Place(image, line - image * rows, pixel - line * columns, index - pixel * depth);
}

// Rows (x) and columns (y) from `first` up to but not including `end`.
struct Range { first: vec2u, end: vec2u }

// The input pixels of an output.
fn window_of(row: u32, column: u32) -> Range {
    let first = vec2u(row * stride_rows, column * stride_columns);
    let end = min(first + vec2u(window_rows, window_columns), vec2u(params.h, params.w));
    return Range(first, end);
}

fn pixels(window: Range) -> f32 {
    let extent = window.end - window.first;
    return f32(extent.x * extent.y);
}

// The outputs whose windows hold an input pixel; none where a wide stride skips it.
fn outputs_over(row: u32, column: u32) -> Range {
    let stride = vec2u(stride_rows, stride_columns);
    let window = vec2u(window_rows, window_columns);
    let pixel = vec2u(row, column);
    let reach = pixel + stride;
    let first = select(vec2u(0u), (reach - window) / stride, reach > window);
    return Range(first, min(pixel / stride + 1u, vec2u(params.oh, params.ow)));
}

@compute @workgroup_size(64)
fn forward(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i >= params.n) { return; }
    let at = place_of(i, params.oh, params.ow, params.c);
    let window = window_of(at.row, at.column);
    let base = at.image * params.h * params.w;
    var best = left_scalar((base + window.first.x * params.w + window.first.y) * params.c + at.channel);
    var sum = 0.0;
    for (var row = window.first.x; row < window.end.x; row++) {
        for (var column = window.first.y; column < window.end.y; column++) {
            let value = left_scalar((base + row * params.w + column) * params.c + at.channel);
            if (kind == MAX) { best = larger(best, value); }
            else if (kind == MEAN) { sum += value; }
            else { sum += value * value; }
        }
    }
    if (kind == MAX) { pooled[i] = best; }
    else if (kind == MEAN) { pooled[i] = sum / pixels(window); }
    else { pooled[i] = sqrt(sum / pixels(window) + EPSILON); }
}

// The same for four channels. A form for 2 x 2 windows without loops was no faster: the loads cost.
@compute @workgroup_size(64)
fn forward_vec4(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i >= params.n) { return; }
    let depth = params.c / 4u;
    let at = place_of(i, params.oh, params.ow, depth);
    let window = window_of(at.row, at.column);
    let base = at.image * params.h * params.w;
    var best = left_vec4((base + window.first.x * params.w + window.first.y) * depth + at.channel);
    var sum = vec4f(0.0);
    for (var row = window.first.x; row < window.end.x; row++) {
        for (var column = window.first.y; column < window.end.y; column++) {
            let value = left_vec4((base + row * params.w + column) * depth + at.channel);
            if (kind == MAX) { best = larger_vec4(best, value); }
            else if (kind == MEAN) { sum += value; }
            else { sum += value * value; }
        }
    }
    if (kind == MAX) { pooled_vec4[i] = best; }
    else if (kind == MEAN) { pooled_vec4[i] = sum / pixels(window); }
    else { pooled_vec4[i] = sqrt(sum / pixels(window) + EPSILON); }
}

// True when no earlier pixel of a window has its maximum: the gradient goes to the first.
fn is_first(base: u32, window: Range, pixel: vec2u, channel: u32, maximum: f32) -> bool {
    for (var row = window.first.x; row <= pixel.x; row++) {
        for (var column = window.first.y; column < window.end.y; column++) {
            if (row == pixel.x && column == pixel.y) { return true; }
            let value = left_scalar((base + row * params.w + column) * params.c + channel);
            if (value == maximum) { return false; }
        }
    }
    return true;
}

// An input gathers from all outputs whose windows hold it.
@compute @workgroup_size(64)
fn backward(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i >= params.n) { return; }
    let at = place_of(i, params.h, params.w, params.c);
    let base = at.image * params.h * params.w;
    let outputs = outputs_over(at.row, at.column);
    let pixel = vec2u(at.row, at.column);
    let value = left_scalar(i);
    var gradient = 0.0;
    for (var row = outputs.first.x; row < outputs.end.x; row++) {
        for (var column = outputs.first.y; column < outputs.end.y; column++) {
            let line = at.image * params.oh + row;
            let o = (line * params.ow + column) * params.c + at.channel;
            let window = window_of(row, column);
            if (kind == MAX) {
                let hit = value == right_scalar(o);
                if (hit && is_first(base, window, pixel, at.channel, value)) { gradient += dy[o]; }
            } else if (kind == MEAN) {
                gradient += dy[o] / pixels(window);
            } else {
                gradient += dy[o] * value / (pixels(window) * right_scalar(o));
            }
        }
    }
    dx[i] = gradient;
}

// Where windows lie side by side: four channels of an output write the gradients of its window, and the
// last ones of a line or an image the zeros of the pixels after them, which lie in no window.
@compute @workgroup_size(64)
fn backward_apart_vec4(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i >= params.n) { return; }
    let depth = params.c / 4u;
    let at = place_of(i, params.oh, params.ow, depth);
    let window = window_of(at.row, at.column);
    let base = at.image * params.h * params.w;
    let gradient = dy_vec4[i];
    let share = gradient / pixels(window);
    let pooled_value = right_vec4(i);
    let is_last = vec2u(at.row, at.column) + 1u == vec2u(params.oh, params.ow);
    let end = select(window.end, vec2u(params.h, params.w), is_last);
    var open = vec4<bool>(true);
    for (var row = window.first.x; row < end.x; row++) {
        for (var column = window.first.y; column < end.y; column++) {
            let j = (base + row * params.w + column) * depth + at.channel;
            let is_inside = all(vec2u(row, column) < window.end);
            if (kind == MAX) {
                let hit = open & (left_vec4(j) == pooled_value) & vec4<bool>(is_inside);
                dx_vec4[j] = select(vec4f(0.0), gradient, hit);
                open = open & !hit;
            } else if (kind == MEAN) {
                dx_vec4[j] = select(vec4f(0.0), share, is_inside);
            } else {
                dx_vec4[j] = select(vec4f(0.0), share * left_vec4(j) / pooled_value, is_inside);
            }
        }
    }
}
