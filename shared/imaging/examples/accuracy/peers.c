/* Measures the peers on pages: libjpeg-turbo's decode of the luma and its coding, gray and in colour at quality 75, and
 * leptonica's search for the skew and deskew.
 * cc -O2 peers.c -o peers -llept -lturbojpeg; ./peers page.jpg... prints a line for each page: in milliseconds of
 * processor time, the best of ten, decode, pixFindSkew with its defaults and with its finest settings; pixDeskew, the
 * best of three; coding gray and in colour, the best of ten.
 * ./peers angles page... prints leptonica's angles by the defaults and by the finest settings, in degrees clockwise. */
#include <leptonica/allheaders.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <turbojpeg.h>

enum { TIMES = 10 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

/* Within 15 degrees either way, reduced by two for the sweep and not at all for the search. */
static void fine_skew(PIX *ink, float *angle, float *confidence) {
    float end;
    pixFindSkewSweepAndSearchScorePivot(ink, angle, confidence, &end, 2, 1, 0, 15, 1, 0.01, L_SHEAR_ABOUT_CORNER);
}

static void default_skew(PIX *ink, float *angle, float *confidence) { pixFindSkew(ink, angle, confidence); }

static double best_search(PIX *page, int times, void (*search)(PIX *, float *, float *), float *angle) {
    double best = 1e9;
    float confidence = 0;
    for (int i = 0; i < times; i++) {
        double start = now();
        PIX *ink = pixConvertTo1(page, 130);
        search(ink, angle, &confidence);
        double took = now() - start;
        if (took < best) best = took;
        pixDestroy(&ink);
    }
    return best;
}

/* leptonica gives the turn that straightens the page; the page itself is off by the opposite. */
static int angles(const char *path) {
    PIX *file = pixRead(path);
    if (!file) return 2;
    PIX *page = pixConvertTo8(file, 0);
    float angle = 0, fine_angle = 0;
    best_search(page, 1, default_skew, &angle);
    best_search(page, 1, fine_skew, &fine_angle);
    printf("%.4f %.4f\n", -angle, -fine_angle);
    pixDestroy(&page);
    pixDestroy(&file);
    return 0;
}

static int measure(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) return 2;
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    unsigned char *data = malloc(size);
    if (fread(data, 1, size, file) != (size_t)size) return 2;
    fclose(file);
    tjhandle handle = tjInitDecompress();
    int width, height, sampling, space;
    if (tjDecompressHeader3(handle, data, size, &width, &height, &sampling, &space)) return 2;
    unsigned char *gray = malloc((size_t)width * height);
    double decode = 1e9, deskew = 1e9;
    for (int i = 0; i < TIMES; i++) {
        double start = now();
        /* Bytes between two parts of a file are worth a warning only. */
        if (tjDecompress2(handle, data, size, gray, width, 0, height, TJPF_GRAY, 0) &&
            tjGetErrorCode(handle) == TJERR_FATAL)
            return 2;
        double took = now() - start;
        if (took < decode) decode = took;
    }
    unsigned char *rgb = malloc((size_t)width * height * 3), *coded = NULL;
    if (tjDecompress2(handle, data, size, rgb, width, 0, height, TJPF_RGB, 0)) return 2;
    tjhandle coder = tjInitCompress();
    unsigned long length = 0;
    double code[2] = {1e9, 1e9};
    for (int i = 0; i < 20; i++) {
        int colour = i % 2;
        double start = now();
        if (tjCompress2(coder, colour ? rgb : gray, width, 0, height, colour ? TJPF_RGB : TJPF_GRAY, &coded, &length,
                        colour ? TJSAMP_420 : TJSAMP_GRAY, 75, TJFLAG_ACCURATEDCT)) return 2;
        double took = now() - start;
        if (took < code[colour]) code[colour] = took;
    }
    PIX *page = pixCreate(width, height, 8);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) pixSetPixel(page, x, y, gray[(size_t)y * width + x]);
    float angle = 0, fine_angle = 0;
    double find = best_search(page, TIMES, default_skew, &angle);
    double fine = best_search(page, TIMES, fine_skew, &fine_angle);
    for (int i = 0; i < 3; i++) {
        double start = now();
        PIX *straight = pixDeskew(page, 2);
        double took = now() - start;
        if (took < deskew) deskew = took;
        pixDestroy(&straight);
    }
    printf("%.3f %.3f %.3f %.3f %.3f %.3f\n", decode, find, fine, deskew, code[0], code[1]);
    pixDestroy(&page);
    tjFree(coded);
    tjDestroy(coder);
    tjDestroy(handle);
    free(rgb);
    free(gray);
    free(data);
    return 0;
}

int main(int argc, char **argv) {
    int only_angles = argc > 1 && strcmp(argv[1], "angles") == 0;
    setMsgSeverity(L_SEVERITY_NONE);
    for (int i = 1 + only_angles; i < argc; i++) {
        int failed = only_angles ? angles(argv[i]) : measure(argv[i]);
        if (failed) return failed;
    }
    return argc > 1 + only_angles ? 0 : 2;
}
