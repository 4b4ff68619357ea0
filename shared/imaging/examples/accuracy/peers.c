/* Times the peers on one page: libjpeg-turbo's decode of the luma and its coding, gray and in colour at quality 75, and
 * leptonica's search for the skew and deskew.
 * cc -O2 peers.c -o peers -llept -lturbojpeg; ./peers page.jpg prints, in milliseconds of processor time, the best of
 * ten: decode, pixFindSkew, pixDeskew; the angle, clockwise; coding gray and in colour. */
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
    printf("%.3f %.3f %.3f %.4f %.3f %.3f\n", decode, find, deskew, -angle, code[0], code[1]);
    return 0;
}
