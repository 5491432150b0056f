// The Cholesky factor L of a Gram matrix plus a multiple of the identity, its inverse, and the inverse
// transposed. A stretch of columns or rows a dispatch: see gram_factor.ts.
struct Params {
    k: u32,                 // rows and columns, a multiple of four
    factors: u32,           // those that count; the others become the identity
    first: u32,             // first column of factor_columns, first row of invert_rows
    end: u32,               // the one after the last
    regularisation: f32,    // added to the diagonal
}

// factor_columns
@group(0) @binding(0) var<storage, read> gram: array<f32>;                  // [k, k]
@group(0) @binding(1) var<storage, read_write> lower: array<vec4f>;         // [k, k / 4] L
// invert_rows
@group(0) @binding(0) var<storage, read> factor: array<vec4f>;              // [k, k / 4] L
@group(0) @binding(1) var<storage, read_write> inverse: array<f32>;         // [k, k] L^-1
@group(0) @binding(2) var<storage, read_write> transposed: array<vec4f>;    // [k, k / 4] L^-T
@group(1) @binding(0) var<uniform> params: Params;

// Share of a diagonal element below which its pivot is rounding only.
const LEAST_PIVOT: f32 = 1e-7;

var<workgroup> pivot: f32;

fn element(row: u32, column: u32) -> f32 {
    if (row >= params.factors || column >= params.factors) { return select(0.0, 1.0, row == column); }
    let added = select(0.0, params.regularisation, row == column);
    return gram[row * params.k + column] + added;
}

fn store(row: u32, column: u32, value: f32) {
    lower[row * (params.k / 4u) + column / 4u][column % 4u] = value;
}

// One workgroup, a lane for every 64th row. A column needs all those before it.
@compute @workgroup_size(64)
fn factor_columns(@builtin(local_invocation_index) local: u32) {
    let k = params.k;
    let width = k / 4u;
    for (var column = params.first; column < params.end; column++) {
        let whole = column / 4u;
        let rest_mask = vec4u(0u, 1u, 2u, 3u) < vec4u(column % 4u);
        for (var row = local; row < k; row += 64u) {
            if (row < column) {
                store(row, column, 0.0);
                continue;
            }
            var sum = vec4f();
            for (var t = 0u; t < whole; t++) {
                sum = fma(lower[row * width + t], lower[column * width + t], sum);
            }
            if (whole * 4u < column) {
                let last = lower[row * width + whole] * lower[column * width + whole];
                sum += select(vec4f(), last, rest_mask);
            }
            var rest = element(row, column) - ((sum.x + sum.y) + (sum.z + sum.w));
            if (row == column) {
                let least = max(LEAST_PIVOT * element(row, row), 1e-30);
                rest = sqrt(max(rest, least));
                pivot = rest;
            } else {
                store(row, column, rest);
            }
        }
        storageBarrier();
        workgroupBarrier();
        for (var row = local; row < k; row += 64u) {
            if (row > column) {
                store(row, column, lower[row * width + whole][column % 4u] / pivot);
            } else if (row == column) {
                store(row, column, pivot);
            }
        }
        storageBarrier();
        workgroupBarrier();
    }
}

// A thread for each column of the inverse, which is found from the top down.
@compute @workgroup_size(64)
fn invert_rows(invocation: Invocation) {
    let column = thread_index(invocation);
    let k = params.k;
    let width = k / 4u;
    if (column >= k) { return; }
    for (var row = params.first; row < params.end; row++) {
        let whole = row / 4u;
        var sum = vec4f();
        for (var t = column / 4u; t < whole; t++) {
            sum = fma(factor[row * width + t], transposed[column * width + t], sum);
        }
        let rest_mask = vec4u(0u, 1u, 2u, 3u) < vec4u(row % 4u);
        let pivots = factor[row * width + whole];
        if (whole * 4u < row && column <= row) {
            sum += select(vec4f(), pivots * transposed[column * width + whole], rest_mask);
        }
        let one = select(0.0, 1.0, row == column);
        let value = select(0.0, (one - ((sum.x + sum.y) + (sum.z + sum.w))) / pivots[row % 4u], row >= column);
        inverse[row * k + column] = value;
        transposed[column * width + whole][row % 4u] = value;
    }
}
