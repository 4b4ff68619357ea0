/* Times the peers on one page: libjpeg-turbo's decode of the luma, and leptonica's search for the skew and deskew.
 * cc -O2 peers.c -o peers -llept -lturbojpeg; ./peers page.jpg prints, in milliseconds of processor time, the best of
 * ten: decode, pixFindSkew, pixDeskew; then the angle, clockwise. */
#include <leptonica/allheaders.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <turbojpeg.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    FILE *file = fopen(argv[1], "rb");
    if (!file) return 2;
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    unsigned char *data = malloc(size);
    if (fread(data, 1, size, file) != (size_t)size) return 2;
    tjhandle handle = tjInitDecompress();
    int width, height, sampling, space;
    if (tjDecompressHeader3(handle, data, size, &width, &height, &sampling, &space)) return 2;
    unsigned char *gray = malloc((size_t)width * height);
    double decode = 1e9, find = 1e9, deskew = 1e9;
    for (int i = 0; i < 10; i++) {
        double start = now();
        if (tjDecompress2(handle, data, size, gray, width, 0, height, TJPF_GRAY, 0)) return 2;
        double took = now() - start;
        if (took < decode) decode = took;
    }
    PIX *page = pixCreate(width, height, 8);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) pixSetPixel(page, x, y, gray[(size_t)y * width + x]);
    float angle = 0, confidence = 0;
    for (int i = 0; i < 10; i++) {
        double start = now();
        PIX *ink = pixConvertTo1(page, 130);
        pixFindSkew(ink, &angle, &confidence);
        double took = now() - start;
        if (took < find) find = took;
        pixDestroy(&ink);
    }
    for (int i = 0; i < 3; i++) {
        double start = now();
        PIX *straight = pixDeskew(page, 2);
        double took = now() - start;
        if (took < deskew) deskew = took;
        pixDestroy(&straight);
    }
    /* leptonica gives the turn that straightens the page; the page itself is off by the opposite. */
    printf("%.3f %.3f %.3f %.4f\n", decode, find, deskew, -angle);
    return 0;
}
