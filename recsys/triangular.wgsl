// The product of a tall matrix and a triangular one: 32 rows by 16 columns a thread, and only the terms
// that are not zero.
struct Params {
    n: u32,         // rows of x
    k: u32,         // columns, a multiple of four
    groups: u32,    // n / 32, rounded up
    upper: u32,     // 1 where the triangle lies above the diagonal, 0 below
}

@group(0) @binding(0) var<storage, read> x: array<vec4f>;               // [n, k / 4]
@group(0) @binding(1) var<storage, read> triangle: array<vec4f>;        // [k, k / 4]
@group(0) @binding(2) var<storage, read_write> result: array<vec4f>;    // [n, k / 4]
@group(1) @binding(0) var<uniform> params: Params;

fn x_quad(row: u32, quad: u32) -> vec4f {
    if (row < params.n) { return x[row * (params.k / 4u) + quad]; }
    return vec4f();
}

fn triangle_quad(row: u32, quad: u32) -> vec4f {
    let quads = params.k / 4u;
    if (quad < quads) { return triangle[row * quads + quad]; }
    return vec4f();
}

// Sixteen columns of a row of the triangle.
fn triangle_block(row: u32, quad: u32) -> mat4x4f {
    return mat4x4f(
        triangle_quad(row, quad), triangle_quad(row, quad + 1u),
        triangle_quad(row, quad + 2u), triangle_quad(row, quad + 3u),
    );
}

fn scaled_block(factor: f32, block: mat4x4f, sum: mat4x4f) -> mat4x4f {
    let f = vec4f(factor);
    return mat4x4f(
        fma(f, block[0], sum[0]), fma(f, block[1], sum[1]),
        fma(f, block[2], sum[2]), fma(f, block[3], sum[3]),
    );
}

// Four terms of sixteen sums.
fn add_terms(
    factors: vec4f, b0: mat4x4f, b1: mat4x4f, b2: mat4x4f, b3: mat4x4f, sum: mat4x4f,
) -> mat4x4f {
    let two = scaled_block(factors.y, b1, scaled_block(factors.x, b0, sum));
    return scaled_block(factors.w, b3, scaled_block(factors.z, b2, two));
}

fn store_quad(row: u32, quad: u32, value: vec4f) {
    let quads = params.k / 4u;
    if (row < params.n && quad < quads) { result[row * quads + quad] = value; }
}

fn store_row(row: u32, quad: u32, values: mat4x4f) {
    store_quad(row, quad, values[0]);
    store_quad(row, quad + 1u, values[1]);
    store_quad(row, quad + 2u, values[2]);
    store_quad(row, quad + 3u, values[3]);
}

@compute @workgroup_size(64)
fn multiply_triangle(
    @builtin(workgroup_id) workgroup: vec3u,
    @builtin(num_workgroups) workgroups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let thread = thread_index(workgroup, workgroups, local, 64u);
    let quads = params.k / 4u;
    let tile = thread / params.groups;
    if (4u * tile >= quads) { return; }
    let first = 32u * (thread % params.groups);
    let start = select(4u * tile, 0u, params.upper == 1u);
    let end = select(quads, min(quads, 4u * tile + 4u), params.upper == 1u);
    var r0 = mat4x4f();
    var r1 = mat4x4f();
    var r2 = mat4x4f();
    var r3 = mat4x4f();
    var r4 = mat4x4f();
    var r5 = mat4x4f();
    var r6 = mat4x4f();
    var r7 = mat4x4f();
    var r8 = mat4x4f();
    var r9 = mat4x4f();
    var r10 = mat4x4f();
    var r11 = mat4x4f();
    var r12 = mat4x4f();
    var r13 = mat4x4f();
    var r14 = mat4x4f();
    var r15 = mat4x4f();
    var r16 = mat4x4f();
    var r17 = mat4x4f();
    var r18 = mat4x4f();
    var r19 = mat4x4f();
    var r20 = mat4x4f();
    var r21 = mat4x4f();
    var r22 = mat4x4f();
    var r23 = mat4x4f();
    var r24 = mat4x4f();
    var r25 = mat4x4f();
    var r26 = mat4x4f();
    var r27 = mat4x4f();
    var r28 = mat4x4f();
    var r29 = mat4x4f();
    var r30 = mat4x4f();
    var r31 = mat4x4f();
    for (var t = start; t < end; t++) {
        let b0 = triangle_block(4u * t, 4u * tile);
        let b1 = triangle_block(4u * t + 1u, 4u * tile);
        let b2 = triangle_block(4u * t + 2u, 4u * tile);
        let b3 = triangle_block(4u * t + 3u, 4u * tile);
        r0 = add_terms(x_quad(first + 0u, t), b0, b1, b2, b3, r0);
        r1 = add_terms(x_quad(first + 1u, t), b0, b1, b2, b3, r1);
        r2 = add_terms(x_quad(first + 2u, t), b0, b1, b2, b3, r2);
        r3 = add_terms(x_quad(first + 3u, t), b0, b1, b2, b3, r3);
        r4 = add_terms(x_quad(first + 4u, t), b0, b1, b2, b3, r4);
        r5 = add_terms(x_quad(first + 5u, t), b0, b1, b2, b3, r5);
        r6 = add_terms(x_quad(first + 6u, t), b0, b1, b2, b3, r6);
        r7 = add_terms(x_quad(first + 7u, t), b0, b1, b2, b3, r7);
        r8 = add_terms(x_quad(first + 8u, t), b0, b1, b2, b3, r8);
        r9 = add_terms(x_quad(first + 9u, t), b0, b1, b2, b3, r9);
        r10 = add_terms(x_quad(first + 10u, t), b0, b1, b2, b3, r10);
        r11 = add_terms(x_quad(first + 11u, t), b0, b1, b2, b3, r11);
        r12 = add_terms(x_quad(first + 12u, t), b0, b1, b2, b3, r12);
        r13 = add_terms(x_quad(first + 13u, t), b0, b1, b2, b3, r13);
        r14 = add_terms(x_quad(first + 14u, t), b0, b1, b2, b3, r14);
        r15 = add_terms(x_quad(first + 15u, t), b0, b1, b2, b3, r15);
        r16 = add_terms(x_quad(first + 16u, t), b0, b1, b2, b3, r16);
        r17 = add_terms(x_quad(first + 17u, t), b0, b1, b2, b3, r17);
        r18 = add_terms(x_quad(first + 18u, t), b0, b1, b2, b3, r18);
        r19 = add_terms(x_quad(first + 19u, t), b0, b1, b2, b3, r19);
        r20 = add_terms(x_quad(first + 20u, t), b0, b1, b2, b3, r20);
        r21 = add_terms(x_quad(first + 21u, t), b0, b1, b2, b3, r21);
        r22 = add_terms(x_quad(first + 22u, t), b0, b1, b2, b3, r22);
        r23 = add_terms(x_quad(first + 23u, t), b0, b1, b2, b3, r23);
        r24 = add_terms(x_quad(first + 24u, t), b0, b1, b2, b3, r24);
        r25 = add_terms(x_quad(first + 25u, t), b0, b1, b2, b3, r25);
        r26 = add_terms(x_quad(first + 26u, t), b0, b1, b2, b3, r26);
        r27 = add_terms(x_quad(first + 27u, t), b0, b1, b2, b3, r27);
        r28 = add_terms(x_quad(first + 28u, t), b0, b1, b2, b3, r28);
        r29 = add_terms(x_quad(first + 29u, t), b0, b1, b2, b3, r29);
        r30 = add_terms(x_quad(first + 30u, t), b0, b1, b2, b3, r30);
        r31 = add_terms(x_quad(first + 31u, t), b0, b1, b2, b3, r31);
    }
    store_row(first + 0u, 4u * tile, r0);
    store_row(first + 1u, 4u * tile, r1);
    store_row(first + 2u, 4u * tile, r2);
    store_row(first + 3u, 4u * tile, r3);
    store_row(first + 4u, 4u * tile, r4);
    store_row(first + 5u, 4u * tile, r5);
    store_row(first + 6u, 4u * tile, r6);
    store_row(first + 7u, 4u * tile, r7);
    store_row(first + 8u, 4u * tile, r8);
    store_row(first + 9u, 4u * tile, r9);
    store_row(first + 10u, 4u * tile, r10);
    store_row(first + 11u, 4u * tile, r11);
    store_row(first + 12u, 4u * tile, r12);
    store_row(first + 13u, 4u * tile, r13);
    store_row(first + 14u, 4u * tile, r14);
    store_row(first + 15u, 4u * tile, r15);
    store_row(first + 16u, 4u * tile, r16);
    store_row(first + 17u, 4u * tile, r17);
    store_row(first + 18u, 4u * tile, r18);
    store_row(first + 19u, 4u * tile, r19);
    store_row(first + 20u, 4u * tile, r20);
    store_row(first + 21u, 4u * tile, r21);
    store_row(first + 22u, 4u * tile, r22);
    store_row(first + 23u, 4u * tile, r23);
    store_row(first + 24u, 4u * tile, r24);
    store_row(first + 25u, 4u * tile, r25);
    store_row(first + 26u, 4u * tile, r26);
    store_row(first + 27u, 4u * tile, r27);
    store_row(first + 28u, 4u * tile, r28);
    store_row(first + 29u, 4u * tile, r29);
    store_row(first + 30u, 4u * tile, r30);
    store_row(first + 31u, 4u * tile, r31);
}
